import Testing

import Sensors
