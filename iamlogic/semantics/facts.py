"""The world facts: what AWS sends, beyond what a request is by definition (R-K16, second tier).

Each fact has a sentence for people. `world` says of one request which facts it breaks; the solver
states the facts independently, for all requests.
"""

from __future__ import annotations

from enum import Enum


class WorldFact(Enum):
    """One group of rows of R-K10 to R-K14; the value is what it says."""

    ALWAYS_PRESENT = (
        "aws:SecureTransport, aws:CurrentTime and some other keys are in every request (R-K12)"
    )
    KEY_TYPES = "the values of global keys are of their types: Booleans, dates, addresses (R-K14)"
    USER_ID = "aws:userid follows from the requester and its unique id (R-K10)"
    PRINCIPAL_KEYS = "keys of the requester are there only for its kind (R-K10)"
    ORGANIZATION_PATHS = "an organization's paths are there with its id and begin with it (R-K11)"
    SAME_ACCOUNT_SAME_ORGANIZATION = "one account is in one organization (R-K11)"
    NETWORK = "aws:SourceIp is there exactly if the request comes by no VPC endpoint (R-K11)"
    SOURCE_KEYS = "aws:SourceArn and its like are there only when a service calls (R-K11)"
    SOURCE_ACCOUNT = "the account in aws:SourceArn is aws:SourceAccount (R-K11)"
    VIA_SERVICE = "aws:CalledVia and aws:ViaAWSService belong together (R-K11)"
    TAG_KEYS = "aws:TagKeys are the names of the aws:RequestTag keys (R-K11)"
    MFA = "aws:MultiFactorAuthAge is there exactly with multi-factor authentication (R-K11)"
    TIME = "aws:CurrentTime and aws:EpochTime are one instant (R-K11)"
    EC2_INSTANCE = "keys of an EC2 instance are there only for sessions of roles (R-K11)"
