// The causal convolution of each channel. Included inside the anonymous namespace of each instruction set's file, after
// scan_plan.h (`together`).
//
// A vector holds `lanes` neighbouring channels. It goes through a tile of tokens with the last inputs in registers, so
// that each input is loaded once for a path; the tile's rows stay in the L1 cache for the channels beside it.

/// What a convolution of one path over a range of tokens needs at hand.
class ConvolutionTile {
public:
    ConvolutionTile(const fk_convolution_arguments &a, int64_t batch, int64_t path, int64_t begin)
        : a_(a), path_(path), begin_(begin), input_(a.input + batch * a.input_batch) {
        const int64_t left = a.length - begin;
        times = int(left < convolutionTile ? left : convolutionTile);
    }

    int64_t pixel(int64_t token) const { return a_.pixels ? a_.pixels[path_ * a_.length + token] : token; }

    int count(int64_t channel) const {
        const int64_t left = a_.channels - channel;
        return int(left < lanes ? left : lanes);
    }

    /// Inputs of the tokens from `margin` before the tile on: [time][lane], zeros before the first token. At least `margin`.
    void loadInputs(float *to, int64_t channel, int margin) const {
        const int count = this->count(channel);
        for (int t = -margin; t < times; ++t) {
            const int64_t token = begin_ + t;
            const float *from = input_ + (token < 0 ? 0 : pixel(token)) * a_.input_token + channel;
            const Vector value = token < 0 ? Vector{} : count == lanes ? load(from) : loadLanes(from, count);
            store(to + (t + margin) * lanes, value);
        }
    }

    /// Taps of `lanes` channels of this path; zeros past the last.
    template <int taps>
    void loadTaps(Vector (&weight)[taps], Vector &bias, int64_t channel) const {
        const float *const rows = a_.weight + (path_ * a_.channels + channel) * taps;
        const int count = this->count(channel);
        for (int j = 0; j < taps; ++j)
            for (int i = 0; i < lanes; ++i) weight[j][i] = i < count ? rows[i * taps + j] : 0.0f;
        bias = a_.bias ? loadLanes(a_.bias + path_ * a_.channels + channel, count) : Vector{};
    }

    int64_t outputChannel(int64_t channel) const { return path_ * a_.channels + channel; }

    static void storeCount(float *to, Vector value, int count) {
        if (count == lanes)
            store(to, value);
        else
            storeLanes(to, value, count);
    }

    int times;

private:
    const fk_convolution_arguments &a_;
    int64_t path_, begin_;
    const float *input_;
};

/// The sums of `together` tokens, the first of which has its oldest input at `inputs`.
template <int taps>
FK_INLINE void convolveTokens(
    Vector (&sums)[together], const float *inputs, const Vector (&weight)[taps], Vector bias) {
    for (int i = 0; i < together; ++i) sums[i] = bias;
    for (int j = 0; j < taps; ++j)
        for (int i = 0; i < together; ++i) sums[i] = load(inputs + (i + j) * lanes) * weight[j] + sums[i];
}

/// Calls body(batch, path, first token) for the tiles [begin, end) of all.
template <typename Body>
FK_INLINE void forConvolutionTiles(const fk_convolution_arguments &a, int64_t begin, int64_t end, const Body &body) {
    const int64_t tiles = (a.length + convolutionTile - 1) / convolutionTile;
    for (int64_t item = begin; item < end; ++item)
        body(item / tiles / a.paths, item / tiles % a.paths, item % tiles * convolutionTile);
}

constexpr int convolutionRoom = (convolutionTile + fk_convolution_most_taps + together) * lanes;

template <int taps>
static void convolveWith(const fk_convolution_arguments &a, int64_t begin, int64_t end) {
    alignas(64) float inputs[convolutionRoom] = {};
    forConvolutionTiles(a, begin, end, [&](int64_t batch, int64_t path, int64_t first) {
        const ConvolutionTile tile(a, batch, path, first);
        float *const output = a.output + batch * a.output_batch;
        for (int64_t channel = 0; channel < a.channels; channel += lanes) {
            Vector weight[taps], bias;
            tile.loadTaps(weight, bias, channel);
            tile.loadInputs(inputs, channel, taps - 1);
            for (int t = 0; t < tile.times; t += together) {
                Vector sums[together];
                convolveTokens(sums, inputs + t * lanes, weight, bias);
                if (a.silu) silu<together>(sums);
                for (int i = 0; i < together && t + i < tile.times; ++i) {
                    float *const to =
                        output + tile.pixel(first + t + i) * a.output_token + tile.outputChannel(channel);
                    ConvolutionTile::storeCount(to, sums[i], tile.count(channel));
                }
            }
        }
    });
}

/// The gradient before the activation of tiles, into the workspace, and each tile's part of the gradients of the taps:
/// [tile][channel][taps + 1], the last for the bias.
template <int taps>
static void convolveBackWith(
    const fk_convolution_arguments &a, const fk_convolution_gradients &out, float *parts, int64_t begin, int64_t end) {
    alignas(64) float inputs[convolutionRoom] = {};
    const int64_t rowLength = a.paths * a.channels;
    const int64_t tiles = (a.length + convolutionTile - 1) / convolutionTile;
    forConvolutionTiles(a, begin, end, [&](int64_t batch, int64_t path, int64_t first) {
        const ConvolutionTile tile(a, batch, path, first);
        const float *const doutput = out.doutput + batch * out.doutput_batch;
        float *const before = out.workspace + batch * a.length * rowLength;
        const int64_t item = (batch * a.paths + path) * tiles + first / convolutionTile;
        for (int64_t channel = 0; channel < a.channels; channel += lanes) {
            const int count = tile.count(channel);
            Vector weight[taps], bias, dweight[taps] = {}, dbias{};
            tile.loadTaps(weight, bias, channel);
            tile.loadInputs(inputs, channel, taps - 1);
            for (int t = 0; t < tile.times; t += together) {
                Vector sums[together], slope[together];
                if (a.silu) {
                    convolveTokens(sums, inputs + t * lanes, weight, bias);
                    siluWithSlope<together>(sums, slope);
                }
                for (int i = 0; i < together && t + i < tile.times; ++i) {
                    const int64_t pixel = tile.pixel(first + t + i);
                    const float *const from = doutput + pixel * out.doutput_token + tile.outputChannel(channel);
                    const Vector dy = count == lanes ? load(from) : loadLanes(from, count);
                    const Vector gradient = a.silu ? dy * slope[i] : dy;
                    ConvolutionTile::storeCount(
                        before + pixel * rowLength + tile.outputChannel(channel), gradient, count);
                    for (int j = 0; j < taps; ++j)
                        dweight[j] = gradient * load(inputs + (t + i + j) * lanes) + dweight[j];
                    dbias += gradient;
                }
            }
            float *const part = parts + (item * a.channels + channel) * (taps + 1);
            for (int i = 0; i < count; ++i) {
                for (int j = 0; j < taps; ++j) part[i * (taps + 1) + j] = dweight[j][i];
                part[i * (taps + 1) + taps] = dbias[i];
            }
        }
    });
}

/// The gradient of the tiles [begin, end) of the pixels of all batches: at each pixel what every path's tokens, from the
/// pixel's own to the last that saw it, had of it.
template <int taps>
static void gatherInputGradients(
    const fk_convolution_arguments &a, const fk_convolution_gradients &out, int64_t begin, int64_t end) {
    const int64_t rowLength = a.paths * a.channels;
    const int64_t tiles = (a.length + convolutionTile - 1) / convolutionTile;
    std::vector<float> weights(size_t(a.paths * taps * lanes));  // [path][tap][lane]
    for (int64_t channel = 0; channel < a.channels; channel += lanes) {
        const int count = ConvolutionTile(a, 0, 0, 0).count(channel);
        for (int64_t path = 0; path < a.paths; ++path) {
            Vector weight[taps], bias;
            ConvolutionTile(a, 0, path, 0).loadTaps(weight, bias, channel);
            for (int j = 0; j < taps; ++j) store(&weights[(path * taps + j) * lanes], weight[j]);
        }
        for (int64_t item = begin; item < end; ++item) {
            const int64_t batch = item / tiles, first = item % tiles * convolutionTile;
            const int64_t last = std::min(first + convolutionTile, a.length);
            const float *const before = out.workspace + batch * a.length * rowLength + channel;
            for (int64_t pixel = first; pixel < last; ++pixel) {
                Vector sum{};
                for (int64_t path = 0; path < a.paths; ++path) {
                    const int64_t row = path * a.length, token = a.pixels ? a.positions[row + pixel] : pixel;
                    for (int j = 0; j < taps && token + j < a.length; ++j) {
                        const int64_t at = a.pixels ? a.pixels[row + token + j] : token + j;
                        const float *const from = before + at * rowLength + path * a.channels;
                        const Vector gradient = count == lanes ? load(from) : loadLanes(from, count);
                        sum = load(&weights[(path * taps + taps - 1 - j) * lanes]) * gradient + sum;
                    }
                }
                ConvolutionTile::storeCount(
                    out.dinput + batch * out.dinput_batch + pixel * out.dinput_token + channel, sum, count);
            }
        }
    }
}

template <size_t... index>
static constexpr ConvolutionKernel convolutionKernel(std::index_sequence<index...>) {
    return {
        {convolveWith<int(index) + 1>...},
        {convolveBackWith<int(index) + 1>...},
        {gatherInputGradients<int(index) + 1>...}};
}

static constexpr ConvolutionKernel convolution =
    convolutionKernel(std::make_index_sequence<fk_convolution_most_taps>());
