import Metrics
import Testing
