import CScan

/// The kernels of the selective scan on this machine.
public enum SelectiveScanLibrary {
    /// The instruction set that the kernels use, such as "avx512": the widest that the machine has, or the one that the
    /// environment variable `FUSIONKIT_SCAN` names, if the machine has it.
    public static var instructionSet: String { String(cString: fk_scan_instruction_set()) }
}
