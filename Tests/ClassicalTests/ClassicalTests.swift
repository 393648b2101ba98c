import Testing

import Classical
