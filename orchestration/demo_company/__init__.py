"""A European multi-channel retailer from 2022 to 2024: simulated, seeded, written as its nine source systems would.

No person, address or purchase in it is real. Latent traits drive purchases, satisfaction, answers, messages and clicks
together; special events are planted at known dates. What only the simulator knows is written apart, as the truth.
"""

from orchestration.demo_company.company import MARKER, SIMULATOR_VERSION, generate

__all__ = ["MARKER", "SIMULATOR_VERSION", "generate"]
