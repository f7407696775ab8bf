"""Trust: who acts (sessions, tokens), what they may do (scopes), and the evidence of what was done."""

from ._evidence import LOG_NAME, EvidenceLog, EvidenceProof, check_proof
from ._merkle import EMPTY_ROOT, MerkleTree, leaf_hash, node_hash, verify_consistency, verify_inclusion
from ._rights import ALL_SCOPES, OWN_HAND, SCOPES, ScopePolicy, parse_scopes
from ._sessions import (
    CODE_LIFETIME_S,
    DEFAULT_TOKEN_LIFETIME_S,
    SESSION_LIFETIME_S,
    Gatekeeper,
    TokenInfo,
)
from ._signing import InstallationKey, check_signature, fingerprint

__all__ = [
    "ALL_SCOPES",
    "CODE_LIFETIME_S",
    "DEFAULT_TOKEN_LIFETIME_S",
    "EMPTY_ROOT",
    "LOG_NAME",
    "OWN_HAND",
    "SCOPES",
    "SESSION_LIFETIME_S",
    "EvidenceLog",
    "EvidenceProof",
    "Gatekeeper",
    "InstallationKey",
    "MerkleTree",
    "ScopePolicy",
    "TokenInfo",
    "check_proof",
    "check_signature",
    "fingerprint",
    "leaf_hash",
    "node_hash",
    "parse_scopes",
    "verify_consistency",
    "verify_inclusion",
]
