import FusionKit

/// How the program ends when something went wrong: a message for people, an exit code for scripts.
struct Failure: Error {
    /// The exit codes, after sysexits.h.
    enum Kind: Int32 {
        case usage = 64
        case data = 65
        case missingInput = 66
        case fault = 70
        case creation = 73
        case writing = 74
    }

    let status: Int32
    let message: String

    init(_ kind: Kind, _ message: String) { self.init(status: kind.rawValue, message: message) }

    private init(status: Int32, message: String) {
        self.status = status
        self.message = message
    }

    /// What an error of any layer means to the user of the command.
    init(_ error: any Error) {
        switch error {
        case let failure as Failure: self = failure
        case let error as RasterError: self.init(Self.kind(error.code), error.description)
        case let error as SceneError:
            if error.code == .cancelled {
                self.init(status: Interruption.status, message: error.description)
            } else {
                self.init([.memory, .invalidOption].contains(error.code) ? .usage : .data, error.description)
            }
        case let error as CheckpointError: self.init(Self.kind(error.code), error.description)
        case let error as NetworkCheckpointError: self.init(.data, error.description)
        case let error as TrainingError:
            if error.code == .stopped {
                self.init(status: Interruption.status, message: error.description)
            } else {
                self.init(Self.kind(error.code), error.description)
            }
        case let error as SceneSimulatorError: self.init(.usage, error.description)
        case is ClassicalError, is ConfigurationError, is DatasetError, is MetricError, is WaldProtocolError,
            is StateError:
            self.init(.data, "\(error)")
        case is TorchError, is SelectiveScanError:
            self.init(.fault, "\(error) This may be a fault of fusionkit, or too little memory: try a smaller --tile.")
        default: self.init(.fault, "\(error) This is a fault of fusionkit; please report it.")
        }
    }

    private static func kind(_ code: RasterError.Code) -> Kind {
        switch code {
        case .notFound, .notReadable: .missingInput
        // Outputs are looked at before (``OutputPath``), so this is an input.
        case .isDirectory, .notAnImage, .damaged, .noBands, .unclearImage, .unsupportedSamples: .data
        case .outsideImage, .unknownFormat, .invalidOption: .usage
        case .outputExists, .outputIsInput, .directoryMissing, .notWritable, .unsupportedType, .unsupportedShape,
            .invalidNodata:
            .creation
        case .noSpace, .writeFailed: .writing
        case .closed: .fault
        }
    }

    private static func kind(_ code: TrainingError.Code) -> Kind {
        switch code {
        case .settings: .usage
        case .data, .scene, .notFinite, .stopped: .data
        case .folder: .creation
        case .processes: .fault
        }
    }

    private static func kind(_ code: CheckpointError.Code) -> Kind {
        switch code {
        case .notFound, .unreadable: .missingInput
        case .notAFile, .truncated, .malformed, .unsupported, .refused, .noStateDictionary, .noSuchTensor: .data
        case .unwritable: .writing
        }
    }
}
