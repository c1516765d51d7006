"""Methods that follow the gradient of the explained number."""

from captum.attr import GradientShap, InputXGradient, IntegratedGradients, NoiseTunnel
from captum.attr import Saliency as CaptumSaliency

from fer_core.saliency.arguments import Arguments
from fer_core.saliency.draws import resting_gradients
from fer_core.saliency.method import Attribution, Found, Task

AT_ONCE = 32
"""Images that go through a network together."""


def saliency(task: Task) -> Found:
    """Return the gradient, without its sign unless asked."""
    return Found(
        CaptumSaliency(task.score).attribute(
            task.images, abs=task.arguments.absolute, additional_forward_args=(task.direction,)
        )
    )


def input_x_gradient(task: Task) -> Found:
    """Return pixel times gradient."""
    return Found(InputXGradient(task.score).attribute(task.images, additional_forward_args=(task.direction,)))


def integrated_gradients(task: Task) -> Found:
    """Return the gradient's mean on the straight path from the baseline, times the difference to it."""
    values, delta = IntegratedGradients(task.score).attribute(
        task.images,
        task.baselines,
        additional_forward_args=(task.direction,),
        n_steps=task.arguments.steps,
        internal_batch_size=max(AT_ONCE, len(task.images)),
        return_convergence_delta=True,
    )
    return Found(values, delta)


def _tunnel(task: Task, kind: str) -> Found:
    samples, gradient = task.arguments.samples, CaptumSaliency(task.score)
    gradient.gradient_func = resting_gradients
    return Found(
        NoiseTunnel(gradient).attribute(
            task.images,
            nt_type=kind,
            nt_samples=samples,
            nt_samples_batch_size=max(1, min(samples, AT_ONCE // len(task.images))),
            stdevs=task.arguments.noise,
            abs=False,
            additional_forward_args=(task.direction,),
        )
    )


def smoothgrad(task: Task) -> Found:
    """Return the mean gradient of noisy copies."""
    return _tunnel(task, "smoothgrad")


def vargrad(task: Task) -> Found:
    """Return the variance of the gradient over noisy copies."""
    return _tunnel(task, "vargrad")


def gradient_shap(task: Task) -> Found:
    """Return the expected gradient on the way from a random mean face, times the difference to it."""
    expected = GradientShap(task.score)
    expected.gradient_func = resting_gradients
    values, delta = expected.attribute(
        task.images,
        task.surroundings.mean_faces.to(task.images),
        n_samples=task.arguments.samples,
        stdevs=0.0,
        additional_forward_args=(task.direction,),
        return_convergence_delta=True,
    )
    return Found(values, delta.reshape(len(task.images), -1).mean(dim=1))


def _samples(arguments: Arguments) -> int:
    return arguments.samples


GRADIENTS: dict[str, Attribution] = {
    "saliency": Attribution(
        "Saliency",
        "How strongly the answer reacts to a small change of each pixel.",
        "Simonyan et al. 2014",
        "1312.6034",
        saliency,
        lambda arguments: 1,
        uses=("absolute",),
        signed=False,
    ),
    "input_x_gradient": Attribution(
        "Input × Gradient",
        "The gradient times the pixel: to first order, what each pixel's light adds.",
        "Shrikumar et al. 2016",
        "1605.01713",
        input_x_gradient,
        lambda arguments: 1,
        parts=True,
    ),
    "integrated_gradients": Attribution(
        "Integrated Gradients",
        "What each pixel adds on the way from a baseline to the face; the parts sum to the whole difference.",
        "Sundararajan et al. 2017",
        "1703.01365",
        integrated_gradients,
        lambda arguments: arguments.steps,
        uses=("baseline", "steps"),
        baseline="black",
        parts=True,
    ),
    "smoothgrad": Attribution(
        "SmoothGrad",
        "The gradient, averaged over noisy copies of the face, so that chance details cancel.",
        "Smilkov et al. 2017",
        "1706.03825",
        smoothgrad,
        _samples,
        uses=("samples", "noise", "seed"),
        drawn=True,
    ),
    "vargrad": Attribution(
        "VarGrad",
        "Where the gradient differs most between noisy copies of the face.",
        "Adebayo et al. 2018",
        "1810.03292",
        vargrad,
        _samples,
        uses=("samples", "noise", "seed"),
        signed=False,
        drawn=True,
    ),
    "gradient_shap": Attribution(
        "GradientSHAP",
        "Integrated Gradients, averaged over the mean faces of all emotions as baselines, at random steps.",
        "Lundberg & Lee 2017",
        "1705.07874",
        gradient_shap,
        lambda arguments: 3 * arguments.samples,  # two of three check the sum
        uses=("samples", "seed"),
        parts=True,
        drawn=True,
    ),
}
"""Methods of this family, by name."""
