"""Facts about AWS's global condition keys that decide what is a policy, by lower-case name.

Which keys are multivalued (R-K8) makes some variables an error (R-V9) and some operators doubtful
(R-C6); which are not text (R-K14) makes other operators doubtful (R-K15).
"""

from __future__ import annotations

from iamlogic.syntax.operators import Family

MULTIVALUED_KEYS = frozenset(
    {
        "aws:calledvia",
        "aws:tagkeys",
        "aws:principalorgpaths",
        "aws:resourceorgpaths",
        "aws:sourceorgpaths",
        "aws:principalservicenameslist",
        "aws:vpceorgpaths",
    }
)

KEY_FAMILIES: dict[str, tuple[Family, ...]] = {
    "aws:multifactorauthpresent": (Family.BOOL,),
    "aws:principalisawsservice": (Family.BOOL,),
    "aws:securetransport": (Family.BOOL,),
    "aws:viaawsservice": (Family.BOOL,),
    "aws:currenttime": (Family.DATE,),
    "aws:tokenissuetime": (Family.DATE,),
    "aws:epochtime": (Family.DATE, Family.NUMERIC),
    "aws:multifactorauthage": (Family.NUMERIC,),
    "aws:sourceip": (Family.IP,),
    "aws:vpcsourceip": (Family.IP,),
    "aws:ec2instancesourceprivateipv4": (Family.IP,),
}
"""The families that fit a global key which is neither text nor an ARN (R-K14)."""
