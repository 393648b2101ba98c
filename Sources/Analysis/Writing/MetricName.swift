/// Names of indices as people write them: D_lambda_K is D with the index λ, K.
enum MetricName {
    /// As HTML.
    static func html(_ name: String) -> String {
        let (base, mark, rest) = parts(name)
        guard let mark else { return HTMLText.escaped(base) }
        let tag = mark == "_" ? "sub" : "sup"
        return HTMLText.escaped(base) + "<\(tag)>" + HTMLText.escaped(rest.joined(separator: ",")) + "</\(tag)>"
    }

    /// As LaTeX.
    static func latex(_ name: String) -> String {
        let (base, mark, rest) = parts(name)
        guard let mark else { return LaTeXTable.escaped(base) }
        let words = rest.map {
            $0 == "λ" ? #"\lambda"# : $0 == "ρ" ? #"\rho"# : #"\mathrm{\#(LaTeXTable.escaped($0))}"#
        }
        return "\(LaTeXTable.escaped(base))$\(mark){\(words.joined(separator: ","))}$"
    }

    /// As pieces of text, each with the mark `_` of a lowered one, `^` of a raised one, or none.
    static func pieces(_ name: String) -> [[String]] {
        let (base, mark, rest) = parts(name)
        return [[base, ""]] + (mark.map { [[rest.joined(separator: ","), String($0)]] } ?? [])
    }

    private static func parts(_ name: String) -> (base: String, mark: Character?, rest: [String]) {
        guard let mark = name.firstIndex(where: { "_^".contains($0) }), mark != name.startIndex else {
            return (name, nil, [])
        }
        let letters = ["lambda": "λ", "rho": "ρ"]
        let rest = name[name.index(after: mark)...].split(separator: "_").map { letters[String($0)] ?? String($0) }
        return (String(name[..<mark]), name[mark], rest)
    }
}
