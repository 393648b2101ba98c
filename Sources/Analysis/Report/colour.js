// A ramp from dark violet over green to light yellow whose lightness grows evenly: a path through OKLab
// (B. Ottosson, 2020), where equal steps look equal, to people who do not tell red from green too.
const ramp = (() => {
  const linear = ([l, a, b]) => {
    const [x, y, z] = [
      l + 0.3963377774 * a + 0.2158037573 * b, l - 0.1055613458 * a - 0.0638541728 * b,
      l - 0.0894841775 * a - 1.291485548 * b,
    ].map((root) => root ** 3);
    return [
      4.0767416621 * x - 3.3077115913 * y + 0.2309699292 * z, -1.2684380046 * x + 2.6097574011 * y - 0.3413193965 * z,
      -0.0041960863 * x - 0.7034186147 * y + 1.707614701 * z,
    ];
  };
  const gamma = (value) => (value <= 0.0031308 ? 12.92 * value : 1.055 * value ** (1 / 2.4) - 0.055);
  return Array.from({ length: 256 }, (_, index) => {
    const share = index / 255;
    const lightness = 0.22 + 0.7 * share;
    const hue = ((305 - 200 * share) * Math.PI) / 180;
    // The strongest colour of this lightness and hue that a screen can show, up to a limit.
    for (let chroma = 0.16; ; chroma -= 0.002) {
      const color = linear([lightness, chroma * Math.cos(hue), chroma * Math.sin(hue)]);
      if (chroma <= 0 || color.every((value) => value >= 0 && value <= 1)) {
        return color.map((value) => Math.round(255 * gamma(clamp(value, 0, 1))));
      }
    }
  });
})();

function rampGradient() {
  const stops = [0, 32, 64, 96, 128, 160, 192, 224, 255].map((index) => `rgb(${ramp[index].join(" ")})`);
  return `linear-gradient(to right, ${stops.join(", ")})`;
}
