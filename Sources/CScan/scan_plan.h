// How a scan is divided among vectors, and how their tiles are filled; forward and backward share it. Included inside
// the anonymous namespace of each instruction set's file, after scan_tiles.h.

constexpr int chunkStates = lanes < 8 ? 8 : lanes;
constexpr int together = chunkStates / 2;  ///< States whose exponentials are computed side by side.
constexpr int mostNeighbours = 8;
constexpr int mostChunks = int(mostStates) / chunkStates;

/// How channels fall into vectors. Vectors stay inside a group, whose B and C they broadcast, unless groups are so
/// small that most lanes would be idle; then each lane brings its own B and C.
struct Plan {
    explicit Plan(const PathScan &scan) : scan(scan), arguments(scan.arguments) {
        const fk_scan_arguments &a = arguments;
        groupChannels = a.channels / a.groups;
        isShared = a.groups == 1 || groupChannels * 2 >= lanes;
        const int64_t span = isShared ? groupChannels : a.channels;
        groupVectors = (span + lanes - 1) / lanes;
        batchVectors = isShared ? groupVectors * a.groups : groupVectors;
        chunks = int((a.states + chunkStates - 1) / chunkStates);
    }

    int64_t firstChannel(int64_t vector) const {
        return isShared ? vector / groupVectors * groupChannels + vector % groupVectors * lanes : vector * lanes;
    }

    int count(int64_t vector) const {
        const int64_t end = isShared ? (vector / groupVectors + 1) * groupChannels : arguments.channels;
        const int64_t left = end - firstChannel(vector);
        return int(left < lanes ? left : lanes);
    }

    int chunkSize(int chunk) const {
        const int64_t left = arguments.states - chunk * chunkStates;
        return int(left < chunkStates ? left : chunkStates);
    }

    const PathScan &scan;
    const fk_scan_arguments &arguments;
    int64_t groupChannels, groupVectors, batchVectors;
    int chunks;
    bool isShared;
};

/// Some neighbouring vectors of one batch: neighbours, because they read what lies side by side in memory (token layouts)
/// and share B and C.
class VectorRun {
protected:
    VectorRun(const Plan &plan, int64_t batch, int64_t firstVector, int vectors)
        : plan_(plan),
          scan_(plan.scan),
          a_(plan.arguments),
          batch_(batch),
          firstVector_(firstVector),
          vectors_(vectors) {}

    int64_t channel(int v) const { return plan_.firstChannel(firstVector_ + v); }
    int count(int v) const { return plan_.count(firstVector_ + v); }
    int64_t group(int v) const { return (firstVector_ + v) / plan_.groupVectors; }

    /// Where row (batch, channel) of the states of all paths begins, for the first lane of a vector.
    int64_t stateRow(int v) const { return batch_ * scan_.batchStates + channel(v) * a_.states; }

    /// Fills [state][lane] with A·log2(e). Returns whether dt·A may be positive.
    bool loadDecay(float *decay, int v) const {
        bool mayGrow = !a_.delta_softplus;
        for (int i = 0; i < lanes; ++i) {
            const float *row = a_.A + (channel(v) + (i < count(v) ? i : count(v) - 1)) * a_.states;
            for (int64_t n = 0; n < a_.states; ++n) {
                if (!(row[n] <= 0)) mayGrow = true;
                decay[n * lanes + i] = row[n] * 0x1.715476p+0f;
            }
        }
        return mayGrow;
    }

    /// Loads a value for each lane, or zeros.
    Vector perChannel(const float *values, int v) const {
        return values ? loadLanes(values + channel(v), count(v)) : Vector{};
    }

    /// Fills the tiles, [time][lane], of the vectors [first, end), which lie `tileStride` floats apart. Where channels
    /// lie side by side, a token's memory is read once for all vectors: along a path through a map whose width is a
    /// power of 2 it would not stay in the cache until the next vector.
    void gatherSequence(
        float *to, int64_t tileStride, const void *from, const fk_scan_sequence_strides &strides, int first, int end,
        int64_t t, int times, int64_t ahead) const {
        withElement(a_.storage, [&](auto element) {
            const auto *array = static_cast<const decltype(element) *>(from) + batch_ * strides.batch;
            gatherElements(to, tileStride, array, strides, first, end, t, times, ahead);
        });
    }

    /// The inverse, for an array of a storage; `adds` to what is there.
    template <bool adds>
    void scatterSequence(
        const float *from, int64_t tileStride, void *to, fk_scan_storage storage,
        const fk_scan_sequence_strides &strides, int first, int end, int64_t t, int times) const {
        withElement(storage, [&](auto element) {
            auto *array = static_cast<decltype(element) *>(to) + batch_ * strides.batch;
            scatterElements<adds>(from, tileStride, array, strides, first, end, t, times);
        });
    }

    /// Likewise, for what is a sum over the paths.
    void scatterSum(
        const float *from, int64_t tileStride, void *to, const fk_scan_sequence_strides &strides, int first, int end,
        int64_t t, int times) const {
        if (scan_.adds)
            scatterSequence<true>(from, tileStride, to, scan_.sumStorage, strides, first, end, t, times);
        else
            scatterSequence<false>(from, tileStride, to, scan_.sumStorage, strides, first, end, t, times);
    }

    /// Loads or stores one vector's states, [state][lane], from or to (channels, states).
    void loadStates(float *to, const float *from, int v, int64_t ahead = 0) const {
        gather(to, lanes, evenRows(from, a_.states, count(v)), inRow, 0, int(a_.states), ahead);
    }

    void storeStates(const float *from, float *to, int v) const {
        scatter<false>(from, to, a_.states, count(v), inRow, 0, int(a_.states));
    }

    Tokens tokens(int64_t stride) const { return {a_.pixels, stride}; }

    /// The token to ask for while token t is read: along a path a near one, which the tokens between do not push out of
    /// the cache.
    int64_t nextToken(int64_t t, int64_t ahead) const {
        constexpr int64_t near = 8;
        if (!a_.pixels) return t + ahead;
        return ahead < 0 ? std::max<int64_t>(t - near, 0) : std::min(t + near, a_.length - 1);
    }

    /// B or C of a group: [chunk][time][chunkStates].
    void shareParameter(
        float *to, const void *from, const fk_scan_state_strides &strides, int64_t group, int64_t t, int times,
        int64_t ahead) const {
        withElement(a_.storage, [&](auto element) {
            const auto *first =
                static_cast<const decltype(element) *>(from) + batch_ * strides.batch + group * strides.group;
            for (int64_t n = 0; n < a_.states; n += lanes) {
                const auto rows = evenRows(first + n * strides.state, strides.state, a_.states - n);
                float *corner = to + n / chunkStates * chunkStates * times + n % chunkStates;
                gather(corner, chunkStates, rows, tokens(strides.time), t, times, ahead);
            }
        });
    }

    /// B or C of `states` states from `first` on, for vectors whose lanes belong to several groups: [time][state][lane]
    /// with room for chunkStates states.
    void spreadParameter(
        float *to, const void *from, const fk_scan_state_strides &strides, int v, int first, int states, int64_t t,
        int times, int64_t ahead) const {
        withElement(a_.storage, [&](auto element) {
            const auto *array = static_cast<const decltype(element) *>(from) + batch_ * strides.batch;
            Rows<decltype(element)> rows;
            rows.count = lanes;
            rows.areAdjacent = false;
            for (int i = 0; i < lanes; ++i) {
                const int64_t group = (channel(v) + (i < count(v) ? i : count(v) - 1)) / plan_.groupChannels;
                rows.first[i] = array + group * strides.group + first * strides.state;
            }
            if (strides.state == 1) return spreadStates(to, rows, states, tokens(strides.time), t, times, ahead);
            for (int n = 0; n < states; ++n) {
                gather(to + n * lanes, chunkStates * lanes, rows, tokens(strides.time), t, times, ahead);
                for (auto &row : rows.first) row += strides.state;
            }
        });
    }

    /// Likewise, where the states of a token lie side by side, in rows that begin at the first of them.
    template <typename Element>
    void spreadStates(
        float *to, const Rows<Element> &rows, int states, const Tokens &tokens, int64_t t, int times,
        int64_t ahead) const {
        for (int i = 0; i < times; ++i, to += chunkStates * lanes) {
            const int64_t token = tokens(t + i), later = tokens(nextToken(t + i, ahead));
            for (int n = 0; n < states; n += lanes) {
                Vector square[lanes];
                for (int k = 0; k < lanes; ++k) {
                    __builtin_prefetch(rows.first[k] + later + n);
                    const Element *from = rows.first[k] + token + n;
                    square[k] = states - n < lanes ? loadLanes(from, states - n) : load(from);
                }
                transpose(square);
                for (int k = 0; k < lanes && n + k < states; ++k) store(to + (n + k) * lanes, square[k]);
            }
        }
    }

    const Plan &plan_;
    const PathScan &scan_;
    const fk_scan_arguments &a_;
    int64_t batch_, firstVector_;
    int vectors_;

private:
    /// Where the channels of vectors whose tiles are filled together begin, and how many they are.
    struct Neighbours {
        Neighbours(const VectorRun &run, int first, int end) : vectors(end - first) {
            for (int v = 0; v < vectors; ++v) {
                channel[v] = run.channel(first + v);
                count[v] = run.count(first + v);
            }
        }

        int vectors;
        int64_t channel[mostNeighbours];
        int count[mostNeighbours];
    };

    template <typename Element>
    void gatherElements(
        float *to, int64_t tileStride, const Element *from, const fk_scan_sequence_strides &strides, int first, int end,
        int64_t t, int times, int64_t ahead) const {
        const Tokens tokens = this->tokens(strides.time);
        if (strides.channel != 1) {
            for (int v = first; v < end; ++v, to += tileStride) {
                const Rows<Element> rows = evenRows(from + channel(v) * strides.channel, strides.channel, count(v));
                gather(to, lanes, rows, tokens, t, times, ahead);
            }
            return;
        }
        const Neighbours all(*this, first, end);
        for (int i = 0; i < times; ++i, to += lanes) {
            const Element *token = from + tokens(t + i), *later = from + tokens(nextToken(t + i, ahead));
            for (int v = 0; v < all.vectors; ++v) {
                __builtin_prefetch(later + all.channel[v]);
                const Element *place = token + all.channel[v];
                store(to + v * tileStride, all.count[v] == lanes ? load(place) : loadLanes(place, all.count[v]));
            }
        }
    }

    template <bool adds, typename Element>
    void scatterElements(
        const float *from, int64_t tileStride, Element *to, const fk_scan_sequence_strides &strides, int first, int end,
        int64_t t, int times) const {
        const Tokens tokens = this->tokens(strides.time);
        if (strides.channel != 1) {
            for (int v = first; v < end; ++v, from += tileStride)
                scatter<adds>(
                    from, to + channel(v) * strides.channel, strides.channel, count(v), tokens, t, times);
            return;
        }
        const Neighbours all(*this, first, end);
        for (int i = 0; i < times; ++i, from += lanes) {
            Element *token = to + tokens(t + i);
            for (int v = 0; v < all.vectors; ++v) {
                Element *place = token + all.channel[v];
                const int count = all.count[v];
                const Vector value = load(from + v * tileStride);
                if (count == lanes)
                    store(place, adds ? load(place) + value : value);
                else
                    storeLanes(place, adds ? loadLanes(place, count) + value : value, count);
            }
        }
    }
};
