package dev.signalbox.contracts.code;

/**
 * The signed state of the log. A client that keeps it can prove later that the log was cut or
 * rewritten.
 *
 * @param size messages in the log
 * @param headHash hash of the last one, 64 lower-case hex digits; zeros when there is none
 * @param signedAtEpochMs when, milliseconds since 1970-01-01 UTC
 * @param publicKey Ed25519 key as a DER SubjectPublicKeyInfo (RFC 8410), base64
 * @param signature of the note's text, 64 bytes in base64
 * @param note the text that is signed, an empty line and the signature line, as a C2SP signed note
 */
public record GetCheckpointReply(
    long size,
    String headHash,
    long signedAtEpochMs,
    String publicKey,
    String signature,
    String note) {}
