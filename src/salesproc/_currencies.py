"""The active currency codes of ISO 4217 and how many digits each has after the point.

Facts as of November 2026: currencies, funds codes, and the codes for metals, units of account, testing and "no currency".
The standard gives that last group no minor unit ("N.A."); two digits are assumed for it here.
BGN, which the euro replaced on 1 January 2026, is kept, since amounts up to 2025 are in it.

Source:
    ISO 4217:2015, list one (currency, fund and precious metal codes), kept by SIX as maintenance agency.
"""

from collections.abc import Mapping
from types import MappingProxyType

_NO_DIGITS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"

_TWO_DIGITS = """
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF
CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG
HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR
MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD
SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD
XCG YER ZAR ZMW ZWG
"""

_THREE_DIGITS = "BHD IQD JOD KWD LYD OMR TND"

_FOUR_DIGITS = "CLF UYW"

_NO_MINOR_UNIT = "XAG XAU XBA XBB XBC XBD XDR XPD XPT XSU XTS XUA XXX"

MINOR_DIGITS: Mapping[str, int] = MappingProxyType(
    {
        code: digits
        for codes, digits in (
            (_NO_DIGITS, 0),
            (_TWO_DIGITS, 2),
            (_THREE_DIGITS, 3),
            (_FOUR_DIGITS, 4),
            (_NO_MINOR_UNIT, 2),
        )
        for code in codes.split()
    }
)
"""Digits after the point of each currency, by code."""
