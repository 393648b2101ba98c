import Networks

extension TrainingConfiguration {
    /// What each key is, in lines for the printed configuration; every key has some.
    static let comments: [String: [String]] = [
        "task": ["What the network is for: \(FusionTask.allCases.map(\.rawValue).joined(separator: ", "))."],
        "epochs": ["Times that all samples are seen."],
        "seed": ["Decides everything that is random."],
        "device": ["Where the network computes: auto, cpu, cuda."],
        "precision": [
            "Numbers that the network computes with: float32, or bfloat16 (weights stay in single precision)."
        ],
        "gradient-checkpointing": [
            "Whether blocks of the network run again in the backward pass in place of keeping what they compute:",
            "  less memory, more time, the same gradients.",
        ],
        "network": ["Which network is trained, and which part of it."],
        "network.system": ["The system: \(NetworkSystem.all.map(\.name).joined(separator: ", "))."],
        "network.preset": [
            "A configuration with a name; 'fusionkit methods' lists them. Empty for the system's defaults."
        ],
        "network.settings": ["Settings that take the place of the preset's, such as {dim: 16}."],
        "network.weights": ["A checkpoint to begin with; empty for random weights."],
        "network.frozen": ["Parameters that stay as they are: names or patterns, such as [encoder, '*.bias']."],
        "network.low-rank": [
            "LoRA: updates of low rank are learned in place of whole weights, and saved as part of them."
        ],
        "network.low-rank.weights": [
            "The weights that are updated, such as ['*.in_proj.weight']; none for whole weights."
        ],
        "network.low-rank.rank": ["Rank of an update."],
        "network.low-rank.scale": ["What an update is multiplied with."],
        "data": ["What is learned from."],
        "data.training": [
            "Where samples come from: [simulated] (scenes of the sensor, or made-up images, needs no files), or files:",
            "  a .h5 file as PanCollection and HISR have them, a .mat scene or a folder of them, 'pan.tif + ms.tif',",
            "  for pairs of pictures a folder that holds two, or 'visible + infrared'.",
        ],
        "data.validation": ["Where samples for validation come from; [] sets a part of those for training apart."],
        "data.full-resolution": [
            "Files as above whose images are learned from as they are, without a truth, by losses that need none."
        ],
        "data.validation-full-resolution": ["The same for validation."],
        "data.apart": ["The part that is set apart; 0 for no validation."],
        "data.count": ["simulated: samples of an epoch."],
        "data.validation-count": ["simulated: samples for validation."],
        "data.keep-megabytes": ["simulated: memory for samples, which else are made again in every epoch."],
        "data.side": ["Side of the sharp image in pixels: simulated, cut out of a scene, or of pictures."],
        "data.sensor": ["The sensor, such as WV3: simulated, and its MTF degrades scenes; empty where unknown."],
        "data.peak": ["The digital number that is 1 in the images; noted in checkpoints."],
        "data.batch": ["Samples of a batch."],
        "data.workers": ["Threads that make samples; the samples are the same for any number."],
        "data.turns": ["Whether samples are mirrored and turned by chance."],
        "data.gain": ["By how much the brightness of a sample changes by chance, 0 to 1."],
        "data.band-jitter": ["By how much each band changes by chance, 0 to 1."],
        "data.noise": ["Standard deviation of noise that is added to what the network sees, as a part of the peak."],
        "loss": ["What is made small, with weights:"] + Loss.allCases.map { "  \($0.rawValue): \($0.summary)" },
        "optimizer": ["How parameters follow their gradients."],
        "optimizer.name": ["adamw, adam, sgd, lion."],
        "optimizer.rate": ["The highest learning rate."],
        "optimizer.decay": ["Weight decay."],
        "optimizer.decay-all": ["Whether biases and the scales of normalisations decay too."],
        "optimizer.beta1": ["How much of the first moment (sgd: of the momentum) remains in a step."],
        "optimizer.beta2": ["How much of the second moment remains in a step."],
        "optimizer.epsilon": ["What Adam adds to its denominator."],
        "optimizer.clip": ["The largest norm of the gradient; 0 for no limit."],
        "optimizer.accumulation": ["Batches whose gradients make one step together."],
        "schedule": ["How the learning rate goes, as a share of optimizer.rate."],
        "schedule.name": ["constant, step, multi-step, cosine, restarts, one-cycle, plateau."],
        "schedule.warm-up": ["Epochs in which the rate grows evenly from 0, before everything else."],
        "schedule.lowest": ["The lowest share."],
        "schedule.period": ["step: epochs between falls. restarts: epochs of the first period."],
        "schedule.growth": ["restarts: how many times as long each period is as the one before."],
        "schedule.factor": ["What the rate (restarts: the height of the next period) is multiplied with at a fall."],
        "schedule.milestones": ["multi-step: epochs, counted from 1, before which the rate falls."],
        "schedule.patience": ["plateau: validations without a better value before the rate falls."],
        "schedule.rise": ["one-cycle: share of the training in which the rate grows."],
        "average": ["Averages of the weights, which are validated and saved in their place."],
        "average.kind": ["none, constant, warm-up (as LE-Mamba), power (Karras et al., any width afterwards)."],
        "average.share": ["constant, warm-up: what the average finally keeps of itself in a step."],
        "average.widths": ["power: widths, as shares of the training; the first is validated and saved."],
        "average.copies": ["power: how many times they are kept, for 'fusionkit train --average WIDTH RUN'."],
        "validation": ["How the network is judged on the way."],
        "validation.every": ["Epochs between validations; 0 for none."],
        "validation.metrics": ["Indices that are measured beside the loss, such as SAM, ERGAS, Q2n, PSNR."],
        "validation.best": ["What decides which checkpoint is the best: loss or one of the metrics."],
        "validation.patience": ["Validations without a better value after which the training ends; 0 for never."],
        "validation.pictures": ["Samples of which pictures go to TensorBoard."],
        "record": ["What is written."],
        "record.folder": ["The folder of the run: settings, checkpoints and logs."],
        "record.state-every": ["Epochs between the states that a stopped run goes on from."],
        "record.state-steps": ["Steps between such states within an epoch; 0 for none."],
        "record.every": ["Epochs between checkpoints that are kept beside the best and the last; 0 for none."],
        "record.keep": ["How many of these are kept, the newest ones."],
        "record.tensorboard": ["Whether event files for TensorBoard are written."],
        "record.histogram-steps": ["Steps between histograms of weights and gradients in these; 0 for none."],
        "record.log-steps": ["Steps between the lines of the logs."],
    ]
}
