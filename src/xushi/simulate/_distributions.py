"""Durations as data: the probability distributions a model may name, each with its parameters in seconds."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TypeAlias

import msgspec

from xushi.kernel import XushiError


class Constant(msgspec.Struct, frozen=True, tag="constant", forbid_unknown_fields=True):
    """Always the same duration."""

    value_s: float

    @property
    def mean_s(self) -> float:
        """Return the mean in seconds."""
        return self.value_s


class Exponential(msgspec.Struct, frozen=True, tag="exponential", forbid_unknown_fields=True):
    """Without memory: density exp(-x / mean) / mean."""

    mean_s: float


class Uniform(msgspec.Struct, frozen=True, tag="uniform", forbid_unknown_fields=True):
    """Equally likely everywhere between two durations."""

    low_s: float
    high_s: float

    @property
    def mean_s(self) -> float:
        """Return the mean in seconds."""
        return (self.low_s + self.high_s) / 2


class Triangular(msgspec.Struct, frozen=True, tag="triangular", forbid_unknown_fields=True):
    """Between two durations, most often near the mode: what an expert can estimate."""

    low_s: float
    mode_s: float
    high_s: float

    @property
    def mean_s(self) -> float:
        """Return the mean in seconds."""
        return (self.low_s + self.mode_s + self.high_s) / 3


class Normal(msgspec.Struct, frozen=True, tag="normal", forbid_unknown_fields=True):
    """Normal with the given mean and deviation, truncated at zero (a wide one has a somewhat higher true mean)."""

    mean_s: float
    deviation_s: float


class Lognormal(msgspec.Struct, frozen=True, tag="lognormal", forbid_unknown_fields=True):
    """The logarithm of the duration in seconds is normal with `mu` and `sigma`; usual for repair times."""

    mu: float
    sigma: float

    @property
    def mean_s(self) -> float:
        """Return the mean in seconds."""
        return math.exp(self.mu + self.sigma**2 / 2)


class Gamma(msgspec.Struct, frozen=True, tag="gamma", forbid_unknown_fields=True):
    """Gamma with shape and scale; a whole shape k is Erlang-k."""

    shape: float
    scale_s: float

    @property
    def mean_s(self) -> float:
        """Return the mean in seconds."""
        return self.shape * self.scale_s


class Weibull(msgspec.Struct, frozen=True, tag="weibull", forbid_unknown_fields=True):
    """Weibull with shape and scale; a shape above 1 wears out, below 1 dies young."""

    shape: float
    scale_s: float

    @property
    def mean_s(self) -> float:
        """Return the mean in seconds."""
        return self.scale_s * math.gamma(1 + 1 / self.shape)


class Geometric(msgspec.Struct, frozen=True, tag="geometric", forbid_unknown_fields=True):
    """A whole number of slots, 1 or more: each slot is the last with `probability`."""

    probability: float
    slot_s: float = 1.0

    @property
    def mean_s(self) -> float:
        """Return the mean in seconds."""
        return self.slot_s / self.probability


class Empirical(msgspec.Struct, frozen=True, tag="empirical", forbid_unknown_fields=True):
    """Observed durations, joined by straight lines between the sorted values; where no family fits."""

    values_s: tuple[float, ...]

    @property
    def mean_s(self) -> float:
        """Return the mean in seconds of the joined distribution function."""
        ordered = sorted(self.values_s)
        if len(ordered) < 2:
            return ordered[0]
        return (sum(ordered) - (ordered[0] + ordered[-1]) / 2) / (len(ordered) - 1)


Distribution: TypeAlias = (
    Constant | Exponential | Uniform | Triangular | Normal | Lognormal | Gamma | Weibull | Geometric | Empirical
)

# The kernel's numbers of the families, in the order of `Distribution`.
FAMILIES: tuple[type, ...] = (
    Constant,
    Exponential,
    Uniform,
    Triangular,
    Normal,
    Lognormal,
    Gamma,
    Weibull,
    Geometric,
    Empirical,
)


def scaled(distribution: Distribution, factor: float) -> Distribution:
    """Return the distribution of `factor` times the duration."""
    match distribution:
        case Lognormal(mu=mu, sigma=sigma):
            return Lognormal(mu=mu + math.log(factor), sigma=sigma)
        case Empirical(values_s=values):
            return Empirical(values_s=tuple(factor * value for value in values))
        case _:
            names = [name for name in distribution.__struct_fields__ if name.endswith("_s")]
            return msgspec.structs.replace(
                distribution, **{name: factor * getattr(distribution, name) for name in names}
            )


def parameters(distribution: Distribution) -> tuple[float, ...]:
    """Return the numbers of a distribution in the order of its fields (those of `Empirical` are its values)."""
    if isinstance(distribution, Empirical):
        return tuple(sorted(distribution.values_s))
    return tuple(float(number) for number in msgspec.structs.astuple(distribution))


def check_distribution(distribution: Distribution, where: str) -> None:
    """Refuse numbers with which no duration can be drawn.

    Raises:
        XushiError: `simulate.distribution_invalid`, naming the element and the reason.
    """
    for reason in _faults(distribution):
        raise XushiError("simulate.distribution_invalid", where=where, reason=reason)


def _faults(distribution: Distribution) -> Iterator[str]:
    numbers = parameters(distribution)
    if not numbers:
        yield "values_s is empty"
    if any(not math.isfinite(number) for number in numbers):
        yield "a number is not finite"
    match distribution:
        case Lognormal(sigma=sigma):
            if sigma < 0:
                yield f"sigma is {sigma}"
        case _ if any(number < 0 for number in numbers):
            yield "a number is negative"
        case Exponential(mean_s=mean_s):
            if mean_s == 0:
                yield "mean_s is 0"
        case Uniform(low_s=low_s, high_s=high_s):
            if high_s < low_s:
                yield "high_s is below low_s"
        case Triangular(low_s=low_s, mode_s=mode_s, high_s=high_s):
            if not low_s <= mode_s <= high_s:
                yield "the order low_s, mode_s, high_s is broken"
        case Gamma(shape=shape, scale_s=scale_s) | Weibull(shape=shape, scale_s=scale_s):
            if shape == 0 or scale_s == 0:
                yield "shape or scale_s is 0"
        case Geometric(probability=probability):
            if not 0 < probability <= 1:
                yield "probability is not in (0, 1]"
