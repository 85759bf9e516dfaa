package dev.signalbox.gateway.diagnostic;

import dev.signalbox.contracts.Announcement;
import dev.signalbox.gateway.access.Access;
import dev.signalbox.gateway.access.Token;
import dev.signalbox.gateway.listener.DoorCertificate;
import dev.signalbox.gateway.task.ServiceDirectory;
import dev.signalbox.platform.diagnostic.FindingCode;
import dev.signalbox.platform.diagnostic.Symptom;
import dev.signalbox.platform.service.ServiceContext;
import dev.signalbox.platform.tls.PemCertificates;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a gateway can find wrong beyond its meters. */
public final class GatewayChecks {

  /** A certificate or token that ends so soon is a finding. */
  static final Duration SOON = Duration.ofDays(14);

  /** The end of a token is no news after so long. */
  private static final Duration LONG_AGO = Duration.ofDays(30);

  private static final double MOST_CONNECTIONS = 0.8;
  private static final long LARGEST_CERTIFICATE = 1 << 20;
  private static final int MOST_CERTIFICATES = 100;

  /**
   * What the checks know of the configuration.
   *
   * @param maxConnections of all clients
   * @param required services without which the gateway is not ready
   * @param certificates files of the TLS door: its own, and those of authorities of clients
   */
  public record Settings(int maxConnections, List<String> required, List<Path> certificates) {

    public Settings {
      required = List.copyOf(required);
      certificates = List.copyOf(certificates);
    }
  }

  private GatewayChecks() {}

  /** Adds the checks to the diagnostics of the process. */
  public static void register(
      ServiceContext context,
      ServiceDirectory directory,
      Access access,
      @Nullable DoorCertificate certificate,
      IntSupplier connections,
      Settings settings) {
    InstantSource clock = InstantSource.system();
    context.diagnose("services", () -> missing(directory, settings.required));
    context.diagnose("versions", () -> versions(directory.live()));
    context.diagnose(
        "connections", () -> connections(connections.getAsInt(), settings.maxConnections));
    context.diagnose("tokens", () -> tokens(access, clock));
    for (Path path : settings.certificates) {
      Supplier<@Nullable String> notInUse =
          certificate != null && certificate.isIn(path) ? certificate::problem : () -> null;
      CertificateFile file = new CertificateFile(path, notInUse, clock);
      context.diagnose("the certificate " + path.getFileName(), file::check);
    }
  }

  static List<Symptom> missing(ServiceDirectory directory, List<String> required) {
    Set<String> missing = new TreeSet<>(directory.missing());
    required.stream().filter(service -> !directory.serves(service)).forEach(missing::add);
    return missing.stream()
        .map(service ->
            new Symptom(
                FindingCode.NO_INSTANCE,
                null,
                service,
                "No instance of " + service + " takes work; requests for it are answered 503."))
        .toList();
  }

  static List<Symptom> versions(List<Announcement> instances) {
    Map<String, Integer> counts = new TreeMap<>();
    instances.forEach(instance -> counts.merge(instance.version(), 1, Integer::sum));
    if (counts.size() < 2) {
      return List.of();
    }
    List<String> texts = new ArrayList<>();
    counts.forEach((version, count) -> texts.add(version + " (" + count + ")"));
    return List.of(
        Symptom.of(
            FindingCode.MIXED_VERSIONS,
            "Versions of the instances that run: " + String.join(", ", texts) + "."));
  }

  static List<Symptom> connections(int open, int most) {
    return open > MOST_CONNECTIONS * most
        ? List.of(
            Symptom.of(
                FindingCode.CONNECTIONS,
                open + " of " + most + " connections (gateway.max-connections) are open."))
        : List.of();
  }

  static List<Symptom> tokens(Access access, InstantSource clock) {
    List<Symptom> found = new ArrayList<>();
    String problem = access.fileProblem();
    if (problem != null) {
      found.add(
          Symptom.of(
              FindingCode.TOKENS_FILE,
              "The tokens are those of before the last change of the file: " + problem));
    }
    Instant now = clock.instant();
    for (Token token : access.tokens()) {
      Instant end = token.expires();
      String name = token.name();
      if (end != null
          && name != null
          && end.isBefore(now.plus(SOON))
          && end.isAfter(now.minus(LONG_AGO))) {
        found.add(
            Symptom.of(
                FindingCode.TOKEN_EXPIRES,
                name,
                "The "
                    + token.credential().label()
                    + " "
                    + name
                    + (end.isAfter(now) ? " ends at " : " has ended at ")
                    + end
                    + "."));
      }
    }
    return found;
  }

  /** A file of certificates, read again when it has changed. */
  static final class CertificateFile {

    private final Path path;
    private final Supplier<@Nullable String> notInUse;
    private final InstantSource clock;
    private @Nullable FileTime read;
    private @Nullable String problem;
    private Instant begin = Instant.MIN;
    private Instant end = Instant.MAX;

    /**
     * A file that was not read yet.
     *
     * @param notInUse why the door does not use what the file has; null while it does
     */
    CertificateFile(Path path, Supplier<@Nullable String> notInUse, InstantSource clock) {
      this.path = path;
      this.notInUse = notInUse;
      this.clock = clock;
    }

    List<Symptom> check() {
      try {
        FileTime modified = Files.getLastModifiedTime(path);
        if (!modified.equals(read)) {
          read();
          read = modified;
        }
      } catch (IOException e) {
        read = null;
        problem = "cannot be read: " + e;
      }
      if (problem != null) {
        return List.of(symptom(problem + "; the gateway keeps what it has"));
      }
      String reason = notInUse.get();
      if (reason != null) {
        return List.of(symptom("is not in use: " + reason));
      }
      Instant now = clock.instant();
      if (!now.isBefore(end)) {
        return List.of(symptom("has expired at " + end));
      }
      if (now.isBefore(begin)) {
        return List.of(symptom("is not valid before " + begin));
      }
      Duration left = Duration.between(now, end);
      return left.compareTo(SOON) < 0
          ? List.of(
              symptom(
                  String.format(
                      Locale.ROOT,
                      "expires at %s, in %d days and %d hours",
                      end,
                      left.toDays(),
                      left.toHoursPart())))
          : List.of();
    }

    private void read() throws IOException {
      if (Files.size(path) > LARGEST_CERTIFICATE) {
        problem = "is larger than 1 MiB";
        return;
      }
      try {
        List<X509Certificate> chain =
            PemCertificates.read(
                Files.readString(path, StandardCharsets.ISO_8859_1), MOST_CERTIFICATES);
        if (chain.isEmpty()) {
          problem = "has no certificate";
          return;
        }
        problem = null;
        begin =
            chain.stream()
                .map(certificate -> certificate.getNotBefore().toInstant())
                .max(Instant::compareTo)
                .orElseThrow();
        end =
            chain.stream()
                .map(certificate -> certificate.getNotAfter().toInstant())
                .min(Instant::compareTo)
                .orElseThrow();
      } catch (CertificateException | RuntimeException e) {
        problem = "has no certificates in PEM";
      }
    }

    private Symptom symptom(String what) {
      return Symptom.of(FindingCode.TLS_CERTIFICATE, path.toString(), path + " " + what + ".");
    }
  }
}
