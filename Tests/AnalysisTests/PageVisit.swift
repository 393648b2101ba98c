import Analysis
import Foundation
import Raster

/// A report that was opened in a browser once, and what was found there; starts of a browser take longer than all else.
struct PageVisit: Sendable {
    static let shared = Result { try PageVisit() }
    /// A telephone and a desk.
    static let widths = [420, 1280]

    /// The file.
    let page: String
    /// What it had become after the actions.
    let document: String
    /// The truth's samples at the pixel that the address named.
    let pixel: [Double]
    /// Pixels that something sticks out, by what and the width of the window.
    let beyond: [String: String]
    /// The variance of the page's red.
    let spread: Float

    private init() throws {
        let directory = try TemporaryDirectory()
        try Scene.simulate(in: directory)
        var candidates = Scene.classical("EXP", "GSA", "MTF-GLP")
        candidates.append(.init(name: Scene.hostileName, source: .image(directory.file("truth.tif"))))
        candidates.append(Scene.broken)
        let folder = try ReportFolder(directory.file("report"), overwrites: false)
        try folder.write(
            SharpeningComparison(
                pan: directory.file("pan.tif"), ms: directory.file("ms.tif"), candidates: candidates, sensor: .ikonos
            ).run(in: folder.work), record: .test)
        let file = "report/index.html"
        page = try directory.text(file)
        pixel = try RasterReader(directory.file("ms.tif")).read(
            Window(column: 5, row: 7, width: 1, height: 1), as: Double.self)
        document = try Browser.document(
            file, in: directory, fragment: "reduced.sort=ERGAS:ascending&reduced.pixel=5,7", actions: Self.actions)
        beyond = try Self.measure(page, in: directory)
        let picture = directory.file("page.png")
        try Browser.screenshot(file, in: directory, width: 1280, height: 2400, to: picture)
        let reader = try RasterReader(picture)
        let values = try reader.read(reader.profile.window, bands: [0], as: Float.self)
        let mean = values.reduce(0, +) / Float(values.count)
        spread = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Float(values.count)
    }

    /// The value of a `data-` attribute of the document.
    func note(_ key: String) -> String? { Self.notes(document)[key] }

    private static func notes(_ document: String) -> [String: String] {
        let start = document.firstRange(of: "<html").map { document[$0.lowerBound...] } ?? ""
        let pairs = start.prefix { $0 != ">" }.matches(of: #/data-([a-z0-9]+)="([^"]*)"/#)
        return Dictionary(pairs.map { (String($0.output.1), String($0.output.2)) }) { $1 }
    }

    /// What the visitor does, one after the other.
    private static let actions = """
        const wait = (time) => new Promise((next) => setTimeout(next, time));
        const text = (element) => element.textContent;

        // Sorting: as the address says, then by another head.
        const order = (key, column) => {
          report(key, [...document.querySelectorAll('#table-reduced tbody th')].map(text).join());
          report(key + 'sort', button(column).closest('th').getAttribute('aria-sort'));
        };
        const button = (column) => document.querySelector(`#table-reduced button[data-column="${column}"]`);
        order('linked', 'ERGAS');
        button('PSNR').click();
        order('first', 'PSNR');
        button('PSNR').click();
        order('second', 'PSNR');

        const cells = [...document.querySelectorAll('#table-reduced tbody tr:not(.failed)')].map((row) => row.cells[1]);
        const values = cells.map((cell) => Number(cell.dataset.value));
        const marked = cells.findIndex((cell) => cell.classList.contains('best'));
        report('marked', values[marked] === Math.min(...values));
        report('weight', getComputedStyle(cells[marked]).fontWeight);

        // The pixel of the address.
        const rows = [...document.querySelectorAll('#reduced .spectrum tbody tr')];
        const numbers = (row) => [...row.cells].slice(1).map(text);
        report('truth', numbers(rows[0]));
        const [truth, fused] = [rows[0], rows[1]].map((row) => numbers(row).map(Number));
        const error = Math.sqrt(truth.reduce((sum, value, band) => sum + (value - fused[band]) ** 2, 0) / 4);
        const shown = text(document.querySelector('#reduced .errors figcaption .value'));
        report('close', Math.abs(parseFloat(shown) - error) < 0.02 * error + 0.6);

        // Pictures.
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

        // A click, the slider, the wheel.
        const frame = document.querySelector('#reduced .gallery .frame');
        const box = frame.getBoundingClientRect();
        const at = { clientX: box.left + 0.25 * box.width, clientY: box.top + 0.5 * box.height, pointerId: 1,
          isPrimary: true, bubbles: true };
        frame.setPointerCapture = () => {};
        frame.dispatchEvent(new PointerEvent('pointerdown', at));
        frame.dispatchEvent(new PointerEvent('pointerup', at));
        report('title', text(document.querySelector('#reduced .spectrum h3')));
        report('curves', document.querySelectorAll('#reduced .spectrum svg.plot g').length);
        report('numbers', document.querySelectorAll('#reduced .spectrum tbody tr').length);
        const gsa = document.querySelector('#reduced .spectrum .key button[data-series=GSA]');
        gsa.click();
        report('forward', [...document.querySelectorAll('#reduced svg.plot')].every((each) =>
          each.classList.contains('chosen') && each.lastElementChild.dataset.series === 'GSA'));
        gsa.click();
        report('back', document.querySelectorAll('#reduced svg.plot.chosen').length);
        const lowered = [...document.querySelectorAll('#full .bands svg.plot .title')].map((each) =>
          [...each.querySelectorAll('tspan')].map(text).join('|'));
        report('lowered', lowered.some((each) => each.startsWith('D|S|')) && lowered.some((each) => each.startsWith('D|ρ|')));
        const slider = document.querySelector('#reduced input.swipe');
        slider.value = 20;
        slider.dispatchEvent(new Event('input'));
        report('line', document.querySelector('#reduced .swipe-part .frame').style.getPropertyValue('--at'));
        frame.focus();
        frame.dispatchEvent(new WheelEvent('wheel', { deltaY: -100, clientX: at.clientX, clientY: at.clientY, cancelable: true }));
        const moved = [...document.querySelectorAll('#reduced .frame img, #reduced .frame canvas')];
        report('together', new Set(moved.map((each) => each.style.transform)).size);
        report('zoomed', moved[0].style.transform.includes('scale(1)') ? 'no' : 'yes');

        // Other bands.
        const sources = () => [...document.querySelectorAll('#full .gallery.pictures img')].map((each) => each.src);
        const before = sources();
        const select = [...document.querySelectorAll('#full .tools select')].at(-1);
        select.value = 'false colour';
        select.dispatchEvent(new Event('change'));
        report('changed', sources().map((source, index) => source === before[index] ? 0 : 1).join(''));

        await wait(400);
        report('link', location.hash);
        """

    /// What sticks out of windows of several widths. A window can't be as narrow as a telephone; a frame in it can.
    private static func measure(_ page: String, in directory: TemporaryDirectory) throws -> [String: String] {
        let script = """
            <script>onload = async () => {
              while (!document.documentElement.dataset.ready) await new Promise((next) => setTimeout(next, 20));
              const { scrollWidth, clientWidth } = document.documentElement;
              const reason = document.querySelector('.reason').getBoundingClientRect();
              const variants = [...document.querySelectorAll('table.legend td:nth-child(4)')];
              await new Promise((next) => setTimeout(next, 100));
              const hints = [...document.querySelectorAll('table.results')].map((each) =>
                each.parentElement.nextElementSibling.hidden !== each.scrollWidth > each.parentElement.clientWidth + 1);
              parent.postMessage({ width: innerWidth, page: scrollWidth - clientWidth,
                reason: Math.max(0, Math.ceil(reason.right - clientWidth)),
                hints: hints.every((each) => each), hinted: !document.querySelector('.more').hidden,
                legend: variants.every((each) => each.getBoundingClientRect().width > 120) }, '*');
            };</script></body>
            """
        try directory.write(page.replacingOccurrences(of: "</body>", with: script), to: "inner.html")
        let frames = widths.map { #"<iframe src="inner.html" width="\#($0)" height="900" style="border:0"></iframe>"# }
        try directory.write(
            """
            <!DOCTYPE html><html><body>\(frames.joined())
            <script>onmessage = ({ data: { width, ...found } }) => {
              for (const [key, value] of Object.entries(found)) document.documentElement.dataset[key + width] = value;
            };</script></body></html>
            """, to: "outer.html")
        return notes(try Browser.document("outer.html", in: directory))
    }
}
