// Samples of 16 bits that the page carries compressed: differences from the left neighbour, low bytes, then high bytes.
async function inflate(text) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

// The samples of a layer, band by band, NaN where nothing is known.
async function samples(view, layer) {
  const bytes = await inflate(layer.samples);
  const count = bytes.length / 2;
  const values = new Float32Array(count);
  let number = 0;
  for (let index = 0; index < count; index++) {
    if (index % view.width === 0) number = 0;
    number = (number + bytes[index] + (bytes[count + index] << 8)) & 0xffff;
    values[index] = number === 0 ? NaN : view.offset + (number - 1) * view.step;
  }
  return values;
}

// A picture of some bands of a layer (three as colours, one as grey) as the address of a PNG.
function picture(view, layer, bands) {
  const canvas = make("canvas", { width: view.width, height: view.height });
  const context = canvas.getContext("2d");
  const image = context.createImageData(view.width, view.height);
  const plane = view.width * view.height;
  const planes = (bands.length === 1 ? [bands[0], bands[0], bands[0]] : bands).map((band) => ({
    start: band * plane, low: layer.limits[band][0], scale: 255 / (layer.limits[band][1] - layer.limits[band][0]),
  }));
  for (let pixel = 0; pixel < plane; pixel++) {
    for (let color = 0; color < 3; color++) {
      const { start, low, scale } = planes[color];
      image.data[4 * pixel + color] = (layer.values[start + pixel] - low) * scale + 0.5;
    }
    image.data[4 * pixel + 3] = 255;
  }
  context.putImageData(image, 0, 0);
  return canvas.toDataURL("image/png");
}
