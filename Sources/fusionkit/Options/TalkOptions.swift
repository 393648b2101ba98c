import ArgumentParser

/// How much is said on standard error.
struct TalkOptions: ParsableArguments {
    @Flag(name: [.short, .long], help: "Say what was found and decided.")
    var verbose = false

    @Flag(name: [.short, .long], help: "Say nothing but errors.")
    var quiet = false

    func validate() throws {
        if verbose, quiet { throw ValidationError("--verbose and --quiet are opposites; give one.") }
    }

    var talk: Talk { Talk(isVerbose: verbose, isQuiet: quiet) }
}
