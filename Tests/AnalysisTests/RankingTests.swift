import Analysis
import Testing

@Suite("Ranking") struct RankingTests {
    private func text(_ value: Double) -> String { "\((value * 100).rounded() / 100)" }

    @Test("smaller or larger is better, as the index says") func direction() {
        let values: [Double?] = [3, 1, 2]
        let low = Ranking(values, higherIsBetter: false, text: text)
        #expect(low.best == [1] && low.second == [2])
        let high = Ranking(values, higherIsBetter: true, text: text)
        #expect(high.best == [0] && high.second == [2])
    }

    @Test("values that print alike share a place") func ties() {
        let ranking = Ranking([1.001, 1.002, 2, 2.001, 3], higherIsBetter: false, text: text)
        #expect(ranking.best == [0, 1] && ranking.second == [2, 3])
    }

    @Test("what has no value takes no part, infinity does") func unknown() {
        let ranking = Ranking([nil, .nan, .infinity, 40, 30], higherIsBetter: true, text: text)
        #expect(ranking.best == [2] && ranking.second == [3])
    }

    @Test("there is no best of one, or of equals") func nothingToChoose() {
        #expect(Ranking([nil, 1], higherIsBetter: true, text: text).best.isEmpty)
        #expect(Ranking([1, 1.001], higherIsBetter: true, text: text).best.isEmpty)
        #expect(Ranking([], higherIsBetter: true, text: text).second.isEmpty)
    }
}
