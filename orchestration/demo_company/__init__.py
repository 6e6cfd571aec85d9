"""A small European multi-channel retailer over 2023 and 2024: simulated, seeded, written as its source systems would.

No person, address or purchase in it is real. Latent traits drive purchases, satisfaction, answers and clicks together;
messages do not change purchases, and no special events are planted.
"""

from orchestration.demo_company.company import MARKER, SIMULATOR_VERSION, generate

__all__ = ["MARKER", "SIMULATOR_VERSION", "generate"]
