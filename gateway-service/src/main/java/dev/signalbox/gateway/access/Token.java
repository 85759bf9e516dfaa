package dev.signalbox.gateway.access;

import dev.signalbox.contracts.Requester;
import dev.signalbox.gateway.limit.TokenQuota;
import dev.signalbox.platform.token.TokenEntry;
import dev.signalbox.platform.token.TokenLimits;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A token or client certificate that the gateway knows: its digest and what it grants. */
public final class Token {

  private final TokenEntry entry;
  private final Role role;
  private final byte[] digest;
  private final @Nullable TokenQuota quota;

  /** A token; its quota goes on from what is left of the one before, if its limit is the same. */
  Token(TokenEntry entry, @Nullable Token before) {
    this.entry = entry;
    this.role = Role.valueOf(entry.role().toUpperCase(Locale.ROOT));
    this.digest = HexFormat.of().parseHex(entry.sha256());
    int limit = entry.limits().requestsPerMinute();
    if (before != null && before.limits().requestsPerMinute() == limit) {
      this.quota = before.quota;
    } else {
      this.quota = limit == 0 ? null : new TokenQuota(limit);
    }
  }

  /** Its name; null when it is configured without one. */
  public @Nullable String name() {
    return entry.name();
  }

  /** The name under which it is counted: its own, or its digest where it has none. */
  public String key() {
    String name = entry.name();
    return "token " + (name == null ? entry.sha256() : name);
  }

  /** Whether it is a token or a certificate. */
  public TokenEntry.Credential credential() {
    return entry.credential();
  }

  /** Whose work it is, for services; null without a name. */
  public @Nullable Requester requester() {
    String name = entry.name();
    return name == null ? null : new Requester(name, limits().serversAtOnce());
  }

  /** Its role. */
  public Role role() {
    return role;
  }

  /** From then on it is refused; null for never. */
  public @Nullable Instant expires() {
    return entry.expires();
  }

  /** What it may do at most. */
  public TokenLimits limits() {
    return entry.limits();
  }

  /** What is left of its requests; null when they have no limit. */
  public @Nullable TokenQuota quota() {
    return quota;
  }

  /** Its digest in hexadecimal digits. */
  String sha256() {
    return entry.sha256();
  }

  boolean expired(Instant now) {
    Instant end = entry.expires();
    return end != null && !now.isBefore(end);
  }

  /** Compares in constant time. */
  boolean matches(byte[] presented) {
    return MessageDigest.isEqual(digest, presented);
  }
}
