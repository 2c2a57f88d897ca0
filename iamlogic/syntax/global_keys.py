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

SINGLE_VALUED_KEYS = frozenset(
    {
        "aws:assumedroot",
        "aws:calledviafirst",
        "aws:calledvialast",
        "aws:chatbotsourcearn",
        "aws:currenttime",
        "aws:ec2instancesourceprivateipv4",
        "aws:ec2instancesourcevpc",
        "aws:epochtime",
        "aws:federatedprovider",
        "aws:multifactorauthage",
        "aws:multifactorauthpresent",
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principalisawsservice",
        "aws:principalorgid",
        "aws:principalservicename",
        "aws:principaltype",
        "aws:referer",
        "aws:requestedregion",
        "aws:resourceaccount",
        "aws:resourceorgid",
        "aws:securetransport",
        "aws:sourceaccount",
        "aws:sourcearn",
        "aws:sourceidentity",
        "aws:sourceip",
        "aws:sourceorgid",
        "aws:sourceowner",
        "aws:sourcevpc",
        "aws:sourcevpcarn",
        "aws:sourcevpce",
        "aws:tokenissuetime",
        "aws:useragent",
        "aws:userid",
        "aws:username",
        "aws:viaawsservice",
        "aws:vpceaccount",
        "aws:vpceorgid",
        "aws:vpcsourceip",
    }
)
"""The global keys that have at most one value (R-K8)."""

SINGLE_VALUED_FAMILIES = ("aws:principaltag/", "aws:requesttag/", "aws:resourcetag/")
"""How the names of keys begin of which there is one for each tag, with one value (R-K8)."""

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
