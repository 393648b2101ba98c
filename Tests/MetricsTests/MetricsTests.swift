import Testing

import Metrics
