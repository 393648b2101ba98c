// How a scan is divided among vectors, and how their tiles are filled; forward and backward share it. Included inside
// the anonymous namespace of each instruction set's file, after scan_tiles.h.

constexpr int chunkStates = lanes < 8 ? 8 : lanes;
constexpr int together = chunkStates / 2;  ///< States whose exponentials are computed side by side.
constexpr int mostChunks = int(mostStates) / chunkStates;

/// How channels fall into vectors. Vectors stay inside a group, whose B and C they broadcast, unless groups are so
/// small that most lanes would be idle; then each lane brings its own B and C.
struct Plan {
    explicit Plan(const fk_scan_arguments &a) : arguments(a) {
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
        : plan_(plan), a_(plan.arguments), batch_(batch), firstVector_(firstVector), vectors_(vectors) {}

    int64_t channel(int v) const { return plan_.firstChannel(firstVector_ + v); }
    int count(int v) const { return plan_.count(firstVector_ + v); }
    int64_t group(int v) const { return (firstVector_ + v) / plan_.groupVectors; }

    /// Where row (batch, channel) of a (batches, channels, states) array begins, for the first lane of a vector.
    int64_t stateRow(int v) const { return (batch_ * a_.channels + channel(v)) * a_.states; }

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

    void gatherSequence(
        float *to, const float *from, const fk_scan_sequence_strides &strides, int v, int64_t t, int times,
        int64_t ahead) const {
        from += batch_ * strides.batch + channel(v) * strides.channel;
        gather(to, lanes, evenRows(from, strides.channel, count(v)), strides.time, t, times, ahead);
    }

    void scatterSequence(
        const float *from, float *to, const fk_scan_sequence_strides &strides, int v, int64_t t, int times) const {
        to += batch_ * strides.batch + channel(v) * strides.channel;
        scatter(from, to, strides.channel, count(v), strides.time, t, times);
    }

    /// B or C of a group: [chunk][time][chunkStates].
    void shareParameter(
        float *to, const float *from, const fk_scan_state_strides &strides, int64_t group, int64_t t, int times,
        int64_t ahead) const {
        from += batch_ * strides.batch + group * strides.group;
        for (int64_t n = 0; n < a_.states; n += lanes) {
            const Rows rows = evenRows(from + n * strides.state, strides.state, a_.states - n);
            float *corner = to + n / chunkStates * chunkStates * times + n % chunkStates;
            gather(corner, chunkStates, rows, strides.time, t, times, ahead);
        }
    }

    /// B or C of `states` states from `first` on, for vectors whose lanes belong to several groups: [time][state][lane]
    /// with room for chunkStates states.
    void spreadParameter(
        float *to, const float *from, const fk_scan_state_strides &strides, int v, int first, int states, int64_t t,
        int times, int64_t ahead) const {
        Rows rows;
        rows.count = lanes;
        rows.areAdjacent = false;
        for (int n = 0; n < states; ++n) {
            for (int i = 0; i < lanes; ++i) {
                const int64_t group = (channel(v) + (i < count(v) ? i : count(v) - 1)) / plan_.groupChannels;
                rows.first[i] =
                    from + batch_ * strides.batch + group * strides.group + (first + n) * strides.state;
            }
            gather(to + n * lanes, chunkStates * lanes, rows, strides.time, t, times, ahead);
        }
    }

    const Plan &plan_;
    const fk_scan_arguments &a_;
    int64_t batch_, firstVector_;
    int vectors_;
};
