/// Words as a shell takes them.
public enum ShellText {
    private static let plain = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./=:,@%+")

    /// A command line that gives exactly these words.
    public static func line(_ words: [String]) -> String { words.map(quoted).joined(separator: " ") }

    /// A file's name and the folder that it is in, for headings.
    static func shortName(_ file: String) -> String { file.split(separator: "/").suffix(2).joined(separator: "/") }

    private static func quoted(_ word: String) -> String {
        if !word.isEmpty, word.allSatisfy(plain.contains) { return word }
        return "'" + word.replacing("'", with: #"'\''"#) + "'"
    }
}
