import Analysis
import Foundation
import Raster
import Testing

/// What people see and do, in a real browser.
@Suite("Page", .enabled(if: Browser.path != nil, "no Chromium is installed"), .serialized) struct PageTests {
    private let directory: TemporaryDirectory
    private let page = "report/index.html"

    init() throws {
        directory = try TemporaryDirectory()
        try Scene.simulate(in: directory)
        var candidates = Scene.classical("EXP", "GSA", "MTF-GLP")
        candidates.append(.init(name: Scene.hostileName, source: .image(directory.file("truth.tif"))))
        candidates.append(.init(name: "broken", source: .weights("absent.safetensors")))
        let folder = try ReportFolder(directory.file("report"), overwrites: false)
        let comparison = try SharpeningComparison(
            pan: directory.file("pan.tif"), ms: directory.file("ms.tif"), candidates: candidates, sensor: .ikonos
        ).run(in: folder.work)
        try folder.write(comparison, record: .test)
    }

    /// The value of a `data-` attribute of the document.
    private func note(_ key: String, _ document: String) -> String? {
        let start = document.firstRange(of: "<html").map { document[$0.lowerBound...] } ?? ""
        let tag = start.prefix { $0 != ">" }
        guard let open = tag.range(of: "data-\(key)=\"") else { return nil }
        return String(tag[open.upperBound...].prefix { $0 != "\"" })
    }

    /// The methods of a table in the order of rows.
    private func methods(_ table: String, _ document: String) -> [String] {
        let body =
            document.components(separatedBy: "id=\"table-\(table)\"").last?
            .components(separatedBy: "</table>").first ?? ""
        return body.matches(of: #/<th scope="row">([^<]*)/#).map { String($0.output.1) }
    }

    @Test("its script runs without an error and reads hostile names as text") func runs() throws {
        let document = try Browser.document(page, in: directory)
        #expect(note("ready", document) == "true" && note("failures", document) == nil)
        #expect(!document.contains("<title>harm") && !document.contains("<img src=\"x\""))
        #expect(document.contains("class=\"frame swipe\"") || document.contains("class=\"tag a\""))
    }

    @Test("a click on a head puts the best on top, another one the worst, failures stay last") func sorts() throws {
        let before = try Browser.document(page, in: directory)
        #expect(methods("reduced", before) == ["EXP", "GSA", "MTF-GLP", "broken"])
        let click = #"document.querySelector('#table-reduced button[data-column="ERGAS"]').click();"#
        let first = try Browser.document(page, in: directory, actions: click)
        let second = try Browser.document(page, in: directory, actions: click + click)
        let best = methods("reduced", first)
        #expect(best.last == "broken" && best[2] == "EXP")
        #expect(Array(methods("reduced", second).prefix(3)) == best.prefix(3).reversed())
        #expect(methods("reduced", second).last == "broken")
        #expect(first.contains("aria-sort=\"ascending\"") && second.contains("aria-sort=\"descending\""))
        let linked = try Browser.document(page, in: directory, fragment: "reduced.sort=ERGAS:ascending")
        #expect(methods("reduced", linked) == best)
    }

    @Test("the best of a column is marked, and it is the best") func marks() throws {
        let document = try Browser.document(
            page, in: directory,
            actions: """
                const cells = [...document.querySelectorAll('#table-reduced tbody tr:not(.failed)')]
                  .map((row) => row.cells[1]);
                const values = cells.map((cell) => Number(cell.dataset.value));
                const marked = cells.findIndex((cell) => cell.classList.contains('best'));
                report('marked', values[marked] === Math.min(...values));
                report('weight', getComputedStyle(cells[marked]).fontWeight);
                """)
        #expect(note("marked", document) == "true" && note("weight", document) == "700")
    }

    @Test("a click on a pixel shows its spectrum, the slider moves the line, the wheel enlarges all") func explores()
        throws
    {
        let document = try Browser.document(
            page, in: directory,
            actions: """
                const frame = document.querySelector('#reduced .gallery .frame');
                const box = frame.getBoundingClientRect();
                const at = { clientX: box.left + 0.25 * box.width, clientY: box.top + 0.5 * box.height, pointerId: 1,
                  isPrimary: true, bubbles: true };
                frame.setPointerCapture = () => {};
                frame.dispatchEvent(new PointerEvent('pointerdown', at));
                frame.dispatchEvent(new PointerEvent('pointerup', at));
                report('title', document.querySelector('#reduced .spectrum h3').textContent);
                report('curves', document.querySelectorAll('#reduced .spectrum svg.plot g').length);
                report('numbers', document.querySelectorAll('#reduced .spectrum tbody tr').length);
                const slider = document.querySelector('#reduced input.swipe');
                slider.value = 20;
                slider.dispatchEvent(new Event('input'));
                report('line', document.querySelector('#reduced .swipe-part .frame').style.getPropertyValue('--at'));
                frame.focus();
                frame.dispatchEvent(new WheelEvent('wheel', { deltaY: -100, clientX: at.clientX, clientY: at.clientY, cancelable: true }));
                const shown = [...document.querySelectorAll('#reduced .frame img, #reduced .frame canvas')];
                report('together', new Set(shown.map((each) => each.style.transform)).size);
                report('zoomed', shown[0].style.transform.includes('scale(1)') ? 'no' : 'yes');
                await new Promise((next) => setTimeout(next, 400));
                report('link', location.hash);
                """)
        #expect(note("failures", document) == nil && note("acted", document) == "true")
        #expect(note("title", document) == "Pixel in column 16, row 32")
        #expect(note("curves", document) == "4" && note("numbers", document) == "4")
        #expect(
            note("line", document) == "0.2" && note("together", document) == "1" && note("zoomed", document) == "yes")
        #expect(note("link", document)?.contains("reduced.pixel=16%2C32") == true)
    }

    @Test("the script's samples are those of the images, and the error map is their difference") func samples() throws {
        let ms = try RasterReader(directory.file("ms.tif"))
        let pixel = try ms.read(Window(column: 5, row: 7, width: 1, height: 1), as: Double.self)
        let document = try Browser.document(
            page, in: directory, fragment: "reduced.pixel=5,7",
            actions: """
                const rows = [...document.querySelectorAll('#reduced .spectrum tbody tr')];
                const numbers = (row) => [...row.cells].slice(1).map((cell) => cell.textContent);
                report('truth', numbers(rows[0]));
                const [truth, fused] = [rows[0], rows[1]].map((row) => numbers(row).map(Number));
                const error = Math.sqrt(truth.reduce((sum, value, band) => sum + (value - fused[band]) ** 2, 0) / 4);
                const shown = document.querySelector('#reduced .errors figcaption .value').textContent;
                report('close', Math.abs(parseFloat(shown) - error) < 0.02 * error + 0.6);
                """)
        let truth = try #require(note("truth", document))
        #expect(truth.split(separator: ",").map { Double($0) } == pixel)
        #expect(note("close", document) == "true")
    }

    @Test("other bands make another picture, of every layer alike") func bands() throws {
        let document = try Browser.document(
            page, in: directory,
            actions: """
                const pictures = () => [...document.querySelectorAll('#full .gallery.pictures img')].map((each) => each.src);
                const before = pictures();
                const select = [...document.querySelectorAll('#full .tools select')].at(-1);
                select.value = 'false colour';
                select.dispatchEvent(new Event('change'));
                const after = pictures();
                report('changed', after.map((source, index) => source === before[index] ? 0 : 1).join(''));
                """)
        // PAN has one band; it stays.
        #expect(note("changed", document) == "011111" && note("failures", document) == nil)
    }

    @Test("it has something to see") func looks() throws {
        let file = directory.file("page.png")
        try Browser.screenshot(page, in: directory, width: 1280, height: 2400, to: file)
        let reader = try RasterReader(file)
        let values = try reader.read(reader.profile.window, bands: [0], as: Float.self)
        let mean = values.reduce(0, +) / Float(values.count)
        let spread = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Float(values.count)
        #expect(spread > 500, "a blank page has no spread, this one \(spread)")
    }

    @Test("nothing sticks out on a telephone or a desk", arguments: [420, 1280]) func fits(width: Int) throws {
        // A window can't be as narrow as a telephone; a frame in it can.
        let script = """
            <script>onload = () => setTimeout(() => {
              const { scrollWidth, clientWidth } = document.documentElement;
              parent.postMessage(scrollWidth - clientWidth, '*');
            }, 4000)</script></body>
            """
        let inner = try directory.text(page).replacingOccurrences(of: "</body>", with: script)
        try directory.write(inner, to: "inner.html")
        try directory.write(
            """
            <!DOCTYPE html><html><body><iframe src="inner.html" width="\(width)" height="900"></iframe>
            <script>onmessage = (event) => { document.documentElement.dataset.beyond = event.data; };</script></body></html>
            """, to: "outer.html")
        let document = try Browser.document("outer.html", in: directory)
        #expect(note("beyond", document) == "0")
    }

    @Test("pictures are those of the images: no two methods alike, none of one colour") func pictures() throws {
        let document = try Browser.document(
            page, in: directory,
            actions: """
                const images = [...document.querySelectorAll('#reduced .gallery.pictures img')];
                report('distinct', new Set(images.map((each) => each.src)).size === images.length);
                report('blank', images.filter((each) => {
                  const canvas = document.createElement('canvas');
                  [canvas.width, canvas.height] = [each.naturalWidth, each.naturalHeight];
                  const context = canvas.getContext('2d');
                  context.drawImage(each, 0, 0);
                  const data = context.getImageData(0, 0, canvas.width, canvas.height).data;
                  return new Set(data.filter((_, index) => index % 4 === 0)).size < 50;
                }).length);
                """)
        #expect(note("distinct", document) == "true" && note("blank", document) == "0")
    }
}
