package dev.signalbox.httpprobe.phase;

import dev.signalbox.contracts.TaskError;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A probe that could not be carried out; a value in exception's clothing, for futures fail so. */
public final class ProbeException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient TaskError error;

  /** Whether the peer may speak plain HTTP where it was greeted with TLS. */
  private final boolean plainHttp;

  private ProbeException(TaskError error, boolean plainHttp) {
    super(error.message(), null, false, false);
    this.error = error;
    this.plainHttp = plainHttp;
  }

  public static ProbeException timeout(@Nullable Phase phase, String message) {
    return of("TIMEOUT", message, phase, phase == Phase.DNS ? "resolver" : "target", true);
  }

  public static ProbeException dns(String message, boolean retryable) {
    return of("DNS", message, Phase.DNS, "resolver", retryable);
  }

  public static ProbeException connect(String message) {
    return of("CONNECT", message, Phase.CONNECT, "target", true);
  }

  public static ProbeException tls(String message) {
    return of("TLS", message, Phase.TLS, "target", false);
  }

  /** A peer that speaks plain HTTP where TLS was expected. */
  public static ProbeException notTls(String message) {
    return new ProbeException(
        new TaskError("TLS", message, Phase.TLS.key(), "target", false), true);
  }

  /** A peer that says nothing at all to a TLS greeting, as a server that waits for a line does. */
  public static ProbeException silentOnTls(String message) {
    return new ProbeException(
        new TaskError("TIMEOUT", message, Phase.TLS.key(), "target", true), true);
  }

  public static ProbeException protocol(@Nullable Phase phase, String message) {
    return of("PROTOCOL", message, phase, "target", false);
  }

  public static ProbeException blocked(String message) {
    return of("BLOCKED_TARGET", message, Phase.DNS, "target", false);
  }

  public static ProbeException tooManyRedirects(String message) {
    return of("TOO_MANY_REDIRECTS", message, null, "target", false);
  }

  public static ProbeException bodyTooLarge(String message) {
    return of("BODY_TOO_LARGE", message, Phase.DOWNLOAD, "target", false);
  }

  public static ProbeException overloaded(String message) {
    return of("OVERLOADED", message, Phase.DOWNLOAD, "internal", true);
  }

  public static ProbeException internal(String message) {
    return of("INTERNAL", message, null, "internal", true);
  }

  private static ProbeException of(
      String code, String message, @Nullable Phase phase, String source, boolean retryable) {
    return new ProbeException(
        new TaskError(code, message, phase == null ? null : phase.key(), source, retryable), false);
  }

  /** The same with what was known by then. */
  public ProbeException withDetails(Map<String, @Nullable Object> known) {
    return new ProbeException(error.withDetails(known), plainHttp);
  }

  public TaskError error() {
    return error;
  }

  public boolean plainHttp() {
    return plainHttp;
  }
}
