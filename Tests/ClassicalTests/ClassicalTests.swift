import Classical
import Testing
