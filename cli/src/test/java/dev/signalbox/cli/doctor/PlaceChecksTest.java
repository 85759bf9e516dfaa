package dev.signalbox.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.cli.doctor.PlaceCheck.Status;
import dev.signalbox.testsupport.TestCertificate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlaceChecksTest {

  @TempDir Path directory;

  private PlaceCheck check(String name, String... more) {
    Map<String, String> settings = new HashMap<>();
    settings.put("platform.data", directory.toString());
    settings.put("gateway.bind", "127.0.0.1");
    for (int i = 0; i < more.length; i += 2) {
      settings.put(more[i], more[i + 1]);
    }
    return new PlaceChecks(settings)
        .all().stream()
            .filter(each -> each.name().equals(name))
            .findFirst()
            .orElseThrow(() -> new AssertionError("no check of " + name));
  }

  private void mode(Path path, String mode) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
  }

  @Test
  void givenThisMachine_whenChecked_thenJavaLoopbackAndLimitsAreKnown() {
    assertThat(check("java").detail()).contains(Runtime.version().toString());
    assertThat(check("loopback").status()).isEqualTo(Status.OK);
    assertThat(check("memory").detail()).contains("MiB");
    assertThat(check("open files").detail()).matches("at most [0-9]+");
    assertThat(check("disk").detail()).contains("MiB free");
  }

  @Test
  void givenADataDirectoryOfItsOwn_whenChecked_thenItIsWell() throws IOException {
    mode(directory, "rwx------");

    assertThat(check("data directory").status()).isEqualTo(Status.OK);
  }

  @Test
  void givenADataDirectoryThatOthersRead_whenChecked_thenThatIsAWarningWithItsCure()
      throws IOException {
    mode(directory, "rwxr-xr-x");

    PlaceCheck check = check("data directory");
    assertThat(check.status()).isEqualTo(Status.WARNING);
    assertThat(check.action()).isEqualTo("chmod 700 " + directory);
  }

  @Test
  void givenNoDataDirectoryYet_whenChecked_thenNothingIsMade() {
    Path later = directory.resolve("a/b/data");

    PlaceCheck check = check("data directory", "platform.data", later.toString());

    assertThat(check.status()).isEqualTo(Status.OK);
    assertThat(check.detail()).isEqualTo(later + " will be made");
    assertThat(directory.resolve("a")).doesNotExist();
  }

  @Test
  void givenAFileAsDataDirectory_whenChecked_thenThatIsAnError() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "x");

    assertThat(check("data directory", "platform.data", file.toString()).status())
        .isEqualTo(Status.ERROR);
    assertThat(check("data directory", "platform.data", file.resolve("below").toString()).status())
        .isEqualTo(Status.ERROR);
    assertThat(check("data directory", "platform.data", "a\u0000b").status())
        .isEqualTo(Status.ERROR);
  }

  @Test
  void givenSecrets_whenOthersMayReadThem_thenThatIsAWarning() throws IOException {
    Path tokens = Files.writeString(directory.resolve("tokens"), "admin:x\n");
    mode(tokens, "rw-r--r--");
    String key = "gateway.tokens-file";
    assertThat(check(key, key, tokens.toString()).status()).isEqualTo(Status.WARNING);

    mode(tokens, "rw-------");
    assertThat(check(key, key, tokens.toString()).status()).isEqualTo(Status.OK);
    assertThat(check(key, key, directory.resolve("none").toString()).status())
        .isEqualTo(Status.ERROR);
  }

  @Test
  void givenACertificate_whenItsEndComes_thenItIsAWarningAndThenAnError() throws IOException {
    String file =
        Files.writeString(
                directory.resolve("cert.pem"),
                TestCertificate.selfSigned("localhost", 20, "dns:localhost").certificatePem())
            .toString();
    Instant now = Instant.now();

    assertThat(SecretChecks.certificate(file, now).status()).isEqualTo(Status.OK);
    assertThat(SecretChecks.certificate(file, now.plus(Duration.ofDays(7))).status())
        .isEqualTo(Status.WARNING);
    assertThat(SecretChecks.certificate(file, now.plus(Duration.ofDays(21))).status())
        .isEqualTo(Status.ERROR);
    Files.writeString(Path.of(file), "nothing");
    assertThat(SecretChecks.certificate(file, now).status()).isEqualTo(Status.ERROR);
    assertThat(SecretChecks.certificate(file + "-none", now).status()).isEqualTo(Status.ERROR);
  }

  @Test
  void givenAClock_whenItIsBeforeThisVersion_thenThatIsAnError() {
    assertThat(PlaceChecks.clock(Instant.EPOCH).status()).isEqualTo(Status.ERROR);
    assertThat(PlaceChecks.clock(Instant.now()).status()).isEqualTo(Status.OK);
  }

  @Test
  void givenAFileOfResolvers_whenItNamesNone_thenThatIsAWarning() throws IOException {
    Path file = Files.write(directory.resolve("resolv.conf"), List.of("# nothing", "search x"));
    assertThat(PlaceChecks.resolver(file).status()).isEqualTo(Status.WARNING);

    Files.write(file, List.of("nameserver 192.0.2.1", "nameserver 192.0.2.2"));
    assertThat(PlaceChecks.resolver(file).detail()).startsWith("2 in ").endsWith("not asked");
    assertThat(PlaceChecks.resolver(directory.resolve("none")).status()).isEqualTo(Status.OK);
  }
}
