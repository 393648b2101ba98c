import Testing

import CScan
