package dev.signalbox.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.cli.doctor.PlaceCheck.Status;
import dev.signalbox.testsupport.TestCertificate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
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

  private PlaceCheck check(String name, boolean running, String... more) {
    Map<String, String> settings = new HashMap<>();
    settings.put("platform.data", directory.toString());
    settings.put("gateway.bind", "127.0.0.1");
    for (int i = 0; i < more.length; i += 2) {
      settings.put(more[i], more[i + 1]);
    }
    return new PlaceChecks(settings, running)
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
    assertThat(check("java", false).detail()).contains(Runtime.version().toString());
    assertThat(check("loopback", false).status()).isEqualTo(Status.OK);
    assertThat(check("memory", false).detail()).contains("MiB");
    assertThat(check("open files", false).detail()).matches("at most [0-9]+");
    assertThat(check("disk", false).detail()).contains("MiB free");
  }

  @Test
  void givenADataDirectoryOfItsOwn_whenChecked_thenItIsWell() throws IOException {
    mode(directory, "rwx------");

    assertThat(check("data directory", false).status()).isEqualTo(Status.OK);
  }

  @Test
  void givenADataDirectoryThatOthersRead_whenChecked_thenThatIsAWarningWithItsCure()
      throws IOException {
    mode(directory, "rwxr-xr-x");

    PlaceCheck check = check("data directory", false);
    assertThat(check.status()).isEqualTo(Status.WARNING);
    assertThat(check.action()).isEqualTo("chmod 700 " + directory);
  }

  @Test
  void givenNoDataDirectoryYet_whenChecked_thenNothingIsMade() {
    Path later = directory.resolve("a/b/data");

    PlaceCheck check = check("data directory", false, "platform.data", later.toString());

    assertThat(check.status()).isEqualTo(Status.OK);
    assertThat(check.detail()).isEqualTo(later + " will be made");
    assertThat(directory.resolve("a")).doesNotExist();
  }

  @Test
  void givenAFileAsDataDirectory_whenChecked_thenThatIsAnError() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "x");

    assertThat(check("data directory", false, "platform.data", file.toString()).status())
        .isEqualTo(Status.ERROR);
    assertThat(
            check("data directory", false, "platform.data", file.resolve("below").toString())
                .status())
        .isEqualTo(Status.ERROR);
    assertThat(check("data directory", false, "platform.data", "a\u0000b").status())
        .isEqualTo(Status.ERROR);
  }

  @Test
  void givenDatabases_whenChecked_thenOneThatIsNoneIsAnErrorAndNoneIsChanged() throws IOException {
    byte[] header = "SQLite format 3\0 and more".getBytes(StandardCharsets.US_ASCII);
    Files.write(directory.resolve("code.db"), header);
    Files.write(directory.resolve("empty.db"), new byte[0]);
    Files.writeString(directory.resolve("ping.db"), "overwritten by something else");
    Files.createDirectory(directory.resolve("folder.db"));

    assertThat(check("database code.db", false).status()).isEqualTo(Status.OK);
    assertThat(check("database empty.db", false).status()).isEqualTo(Status.OK);
    assertThat(check("database ping.db", false).status()).isEqualTo(Status.ERROR);
    assertThat(check("database folder.db", false).status()).isEqualTo(Status.ERROR);
    assertThat(directory.resolve("code.db")).hasBinaryContent(header);
  }

  @Test
  void givenATakenPort_whenChecked_thenTheMainDoorIsAnErrorAndAnotherAWarningWithItsHolder()
      throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = Integer.toString(taken.getLocalPort());

      PlaceCheck main = check("port " + port, false, "gateway.port", port);
      assertThat(main.status()).isEqualTo(Status.ERROR);
      assertThat(main.detail()).contains("(pid " + ProcessHandle.current().pid() + ") has it");
      assertThat(check("port " + port, false, "gateway.codes-port", port).status())
          .isEqualTo(Status.WARNING);
      assertThat(check("port " + port, true, "gateway.port", port).status()).isEqualTo(Status.OK);
    }
  }

  @Test
  void givenAFreePort_whenChecked_thenItIsWellAndFreeAfterwards() throws IOException {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    PlaceCheck check = check("port " + port, false, "gateway.port", Integer.toString(port));

    assertThat(check.status()).isEqualTo(Status.OK);
    try (ServerSocket again = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      assertThat(again.getLocalPort()).isEqualTo(port);
    }
  }

  @Test
  void givenPortsThatAreNone_whenChecked_thenTheyAreLeftOut() {
    Map<String, String> settings =
        Map.of(
            "platform.data", directory.toString(),
            "gateway.bind", "127.0.0.1",
            "gateway.port", "any",
            "gateway.tasks-port", "off",
            "gateway.codes-port", "99999",
            "gateway.messages-port", "0");

    assertThat(new PlaceChecks(settings, false).all())
        .noneMatch(each -> each.name().startsWith("port "));
  }

  @Test
  void givenNoProc_whenAHolderIsSought_thenItIsUnknown() {
    assertThat(new PortHolder(directory).of(80)).isEmpty();
  }

  @Test
  void givenABrokenProc_whenAHolderIsSought_thenItIsUnknown() throws IOException {
    Files.createDirectories(directory.resolve("net"));
    Files.createDirectories(directory.resolve("1/fd"));
    Files.writeString(directory.resolve("1/fd/0"), "no link");
    Files.writeString(
        directory.resolve("net/tcp"),
        "short\n  0: 0100007F:0050 00000000:0000 0A 0 0 0 0 0 4711 1 x\n");

    assertThat(new PortHolder(directory).of(80)).isEmpty();
  }

  @Test
  void givenSecrets_whenOthersMayReadThem_thenThatIsAWarning() throws IOException {
    Path tokens = Files.writeString(directory.resolve("tokens"), "admin:x\n");
    mode(tokens, "rw-r--r--");
    String key = "gateway.tokens-file";
    assertThat(check(key, false, key, tokens.toString()).status()).isEqualTo(Status.WARNING);

    mode(tokens, "rw-------");
    assertThat(check(key, false, key, tokens.toString()).status()).isEqualTo(Status.OK);
    assertThat(check(key, false, key, directory.resolve("none").toString()).status())
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

    assertThat(PlaceChecks.certificate(file, now).status()).isEqualTo(Status.OK);
    assertThat(PlaceChecks.certificate(file, now.plus(Duration.ofDays(7))).status())
        .isEqualTo(Status.WARNING);
    assertThat(PlaceChecks.certificate(file, now.plus(Duration.ofDays(21))).status())
        .isEqualTo(Status.ERROR);
    Files.writeString(Path.of(file), "nothing");
    assertThat(PlaceChecks.certificate(file, now).status()).isEqualTo(Status.ERROR);
    assertThat(PlaceChecks.certificate(file + "-none", now).status()).isEqualTo(Status.ERROR);
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
