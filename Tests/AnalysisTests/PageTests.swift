import Analysis
import Foundation
import Raster
import Testing

/// What people see and do, in a real browser.
@Suite("Page", .enabled(if: Browser.path != nil, "no Chromium is installed"), .serialized) struct PageTests {
    private let visit: PageVisit

    init() throws { visit = try PageVisit.shared.get() }

    @Test("its script runs without an error and reads hostile names as text") func runs() {
        #expect(visit.note("ready") == "true" && visit.note("failures") == nil && visit.note("acted") == "true")
        #expect(!visit.document.contains("<title>harm") && !visit.document.contains("<img src=\"x\""))
        #expect(visit.document.contains("class=\"frame swipe\"") || visit.document.contains("class=\"tag a\""))
    }

    @Test("a click on a head puts the best on top, another one the worst, failures stay last") func sorts() throws {
        let rows = visit.page.components(separatedBy: "id=\"table-reduced\"").last?.components(separatedBy: "</table>")
        let before = rows?.first?.matches(of: #/<th scope="row">([^<]*)/#).map { String($0.output.1) }
        #expect(before == ["EXP", "GSA", "MTF-GLP", "broken"])
        func methods(_ key: String) -> [String] { visit.note(key)?.split(separator: ",").map(String.init) ?? [] }
        let (best, worst) = (methods("first"), methods("second"))
        #expect(best.count == 4 && best.last == "broken" && best[2] == "EXP", "\(best)")
        #expect(worst == best.prefix(3).reversed() + ["broken"])
        #expect(visit.note("firstsort") == "descending" && visit.note("secondsort") == "ascending")
        // A link says how: by an index of which the smallest is the best.
        #expect(methods("linked").prefix(3).last == "EXP" && methods("linked").last == "broken")
        #expect(visit.note("linkedsort") == "ascending")
    }

    @Test("the best of a column is marked, and it is the best") func marks() {
        #expect(visit.note("marked") == "true" && visit.note("weight") == "700")
    }

    @Test("a click on a pixel shows its spectrum, the slider moves the line, the wheel enlarges all") func explores() {
        #expect(visit.note("title") == "Pixel in column 16, row 32")
        #expect(visit.note("curves") == "4" && visit.note("numbers") == "4")
        #expect(visit.note("line") == "0.2" && visit.note("together") == "1" && visit.note("zoomed") == "yes")
        #expect(visit.note("link")?.contains("reduced.pixel=16%2C32") == true)
    }

    @Test("a click on a name in a legend brings its curves forward, and another one back") func legends() {
        #expect(visit.note("forward") == "true" && visit.note("back") == "0")
    }

    @Test("indices are written alike in tables and plots") func names() {
        #expect(visit.note("lowered") == "true")
        #expect(visit.page.contains("D<sub>S</sub>") && visit.page.contains(#"<span class="unit">degrees</span>"#))
    }

    @Test("a table that is cut says that there is more of it") func hints() {
        for width in PageVisit.widths {
            #expect(visit.beyond["hints\(width)"] == "true", "\(width): \(visit.beyond)")
        }
        #expect(visit.beyond["hinted420"] == "true" && visit.beyond["hinted1280"] == "false", "\(visit.beyond)")
    }

    @Test("the script's samples are those of the images, and the error map is their difference") func samples() throws {
        let truth = try #require(visit.note("truth"))
        #expect(truth.split(separator: ",").map { Double($0) } == visit.pixel)
        #expect(visit.note("close") == "true")
    }

    @Test("other bands make another picture, of every layer alike") func bands() {
        // PAN has one band; it stays.
        #expect(visit.note("changed") == "011111")
    }

    @Test("pictures are those of the images: no two methods alike, none of one colour") func pictures() {
        #expect(visit.note("distinct") == "true" && visit.note("blank") == "0")
    }

    @Test("it has something to see") func looks() {
        #expect(visit.spread > 500, "a blank page has no spread, this one \(visit.spread)")
    }

    @Test("nothing sticks out on a telephone or a desk, and reasons of failures are in sight") func fits() {
        for width in PageVisit.widths {
            #expect(visit.beyond["page\(width)"] == "0", "\(width): \(visit.beyond)")
            #expect(visit.beyond["reason\(width)"] == "0", "\(width): \(visit.beyond)")
            #expect(visit.beyond["legend\(width)"] == "true", "\(width): \(visit.beyond)")
        }
    }
}
