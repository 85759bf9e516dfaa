package dev.signalbox.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.cli.doctor.PlaceCheck.Status;
import dev.signalbox.cli.doctor.SystemAnswer.Kind;
import dev.signalbox.contracts.disk.FileMutex;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PortChecksTest {

  private static final long PID = ProcessHandle.current().pid();

  @TempDir Path directory;

  private ServerSocket taken;
  private int port;

  @BeforeEach
  void take() throws IOException {
    taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    port = taken.getLocalPort();
  }

  @AfterEach
  void release() throws IOException {
    taken.close();
  }

  private static List<PlaceCheck> checks(Kind system, int asked, String... settings) {
    Map<String, String> map = new HashMap<>(Map.of("gateway.bind", "127.0.0.1"));
    for (int i = 0; i < settings.length; i += 2) {
      map.put(settings[i], settings[i + 1]);
    }
    return new PortChecks(map, system, asked).all();
  }

  /** The one check of the port that is taken. */
  private PlaceCheck check(Kind system, int asked, String key) {
    List<PlaceCheck> checks = checks(system, asked, key, Integer.toString(port));
    assertThat(checks).hasSize(1);
    assertThat(checks.getFirst().name()).isEqualTo("port " + port);
    return checks.getFirst();
  }

  @ParameterizedTest
  @CsvSource({
    "gateway.port,ERROR",
    "platform.management-port,ERROR",
    "gateway.tls-port,WARNING",
    "gateway.tasks-port,WARNING",
    "gateway.codes-port,WARNING",
    "gateway.messages-port,WARNING"
  })
  void givenATakenPort_whenChecked_thenItsHolderIsNamed(String key, Status status) {
    PlaceCheck check = check(Kind.NOBODY, 0, key);

    assertThat(check.status()).isEqualTo(status);
    assertThat(check.detail()).contains("taken (" + key + ")", "(pid " + PID + ") has it");
    assertThat(check.action()).startsWith("Stop what has it");
  }

  @ParameterizedTest
  @ValueSource(strings = {"FINDINGS", "REFUSED"})
  void givenARunningSystem_whenItsPortsAreChecked_thenTheyAreWell(Kind system) {
    assertThat(check(system, port, "gateway.port").status()).isEqualTo(Status.OK);
    assertThat(check(system, port, "gateway.tls-port").status()).isEqualTo(Status.OK);
  }

  @Test
  void givenAForeignServer_whenItsPortIsChecked_thenThatIsSaid() {
    PlaceCheck check = check(Kind.FOREIGN, port, "gateway.port");

    assertThat(check.status()).isEqualTo(Status.ERROR);
    assertThat(check.detail()).endsWith("(pid " + PID + ") has it; it is not Signalbox");
  }

  @Test
  void givenAProcessThatDoesNotAnswer_whenItsPortIsChecked_thenNobodyIsToldToStopIt() {
    PlaceCheck check = check(Kind.SILENT, port, "gateway.port");

    assertThat(check.status()).isEqualTo(Status.ERROR);
    assertThat(check.detail()).contains("(pid " + PID + ") listens and does not answer");
    assertThat(check.action()).contains("kill -CONT " + PID).doesNotContain("Stop");
  }

  @Test
  void givenADoorThatCannotBeAsked_whenItIsTaken_thenThatIsAWarningWithoutAStop() {
    PlaceCheck check = check(Kind.UNASKED, 0, "gateway.port");

    assertThat(check.status()).isEqualTo(Status.WARNING);
    assertThat(check.detail()).endsWith("it was not asked what it is");
    assertThat(check.action()).doesNotContain("Stop");
  }

  @Test
  void givenAFreePort_whenChecked_thenItIsWellAndFreeAfterwards() throws IOException {
    taken.close();

    assertThat(check(Kind.NOBODY, 0, "gateway.port").status()).isEqualTo(Status.OK);
    try (ServerSocket again = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      assertThat(again.getLocalPort()).isEqualTo(port);
    }
  }

  @Test
  void givenPortsThatAreNone_whenChecked_thenTheyAreLeftOut() {
    assertThat(
            checks(
                Kind.NOBODY,
                0,
                "gateway.port",
                "any",
                "gateway.tasks-port",
                "off",
                "gateway.codes-port",
                "99999",
                "gateway.messages-port",
                "0",
                "platform.management-port",
                "-1"))
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"gateway.bind,gateway.port", "platform.management-host,platform.management-port"})
  void givenAnAddressOfAnotherMachine_whenChecked_thenItIsNotCalledTaken(String host, String key) {
    List<PlaceCheck> checks =
        checks(Kind.NOBODY, 0, host, "192.0.2.1", key, Integer.toString(port));

    assertThat(checks)
        .singleElement()
        .satisfies(check -> {
          assertThat(check.name()).isEqualTo(host);
          assertThat(check.status()).isEqualTo(Status.ERROR);
          assertThat(check.detail()).isEqualTo("192.0.2.1 is no address of this machine");
        });
  }

  @ParameterizedTest
  @CsvSource({
    "Permission denied,80,false,NO_PERMISSION",
    "Permission denied,8080,false,NO_PERMISSION",
    "Permission denied,80,true,IN_USE",
    "Keine Berechtigung,443,false,NO_PERMISSION",
    "Address already in use,80,false,IN_USE",
    "Die Adresse wird bereits verwendet,8080,false,IN_USE"
  })
  void givenAFailedBind_whenExplained_thenPermissionAndUseAreTold(
      String text, int number, boolean listens, PortChecks.Obstacle obstacle) {
    assertThat(PortChecks.obstacle(new BindException(text), number, listens)).isEqualTo(obstacle);
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1,http://127.0.0.1:8080",
    "0.0.0.0,http://127.0.0.1:8080",
    "::,http://127.0.0.1:8080",
    "[::],http://127.0.0.1:8080",
    "::1,http://[::1]:8080",
    "[2001:db8::7],http://[2001:db8::7]:8080",
    "192.0.2.7,http://192.0.2.7:8080",
    "box.example,http://box.example:8080",
    "a b,http://127.0.0.1:8080",
    "user@evil,http://127.0.0.1:8080",
    "'',http://127.0.0.1:8080"
  })
  void givenABoundAddress_whenItIsToBeAsked_thenTheUrlIsThere(String bind, String url) {
    var doors = new GatewayDoors(Map.of("gateway.bind", bind, "gateway.port", "8080"));

    assertThat(doors.asked()).map(GatewayDoors.Asked::url).contains(url);
    assertThat(doors.mainUnasked()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"main", "[main]", "tls, main"})
  void givenTheProxyProtocolAtTheMainDoor_whenADoorIsChosen_thenItIsAnother(String proxied) {
    Map<String, String> settings =
        new HashMap<>(
            Map.of("gateway.port", "8080", "gateway.proxy-protocol", proxied, "gateway.bind", ""));
    var doors = new GatewayDoors(settings);
    assertThat(doors.asked()).isEmpty();
    assertThat(doors.mainUnasked()).contains("gateway.proxy-protocol");

    settings.put("gateway.tasks-port", "5000");
    assertThat(doors.asked()).map(GatewayDoors.Asked::port).contains(5000);
  }

  @Test
  void givenALockedDataDirectory_whenChecked_thenItsHolderIsNamedUnlessItIsTheRunningSystem()
      throws IOException {
    String data = directory.toString();
    assertThat(DataDirectoryChecks.lock(data, Kind.NOBODY, Optional.empty())).isEmpty();
    assertThat(directory.resolve(".lock")).doesNotExist();

    Optional<PortHolder.Holder> own = Optional.of(new PortHolder.Holder(PID, "java"));
    Optional<PortHolder.Holder> other = Optional.of(new PortHolder.Holder(1, "init"));
    try (FileMutex _ = FileMutex.tryAcquire(directory.resolve(".lock")).orElseThrow()) {
      PlaceCheck check =
          DataDirectoryChecks.lock(data, Kind.NOBODY, Optional.empty()).orElseThrow();
      assertThat(check.status()).isEqualTo(Status.ERROR);
      assertThat(check.detail()).contains(data + " is in use", "(pid " + PID + ") has it");
      assertThat(DataDirectoryChecks.lock(data, Kind.FINDINGS, own))
          .map(PlaceCheck::status)
          .contains(Status.OK);
      assertThat(DataDirectoryChecks.lock(data, Kind.FINDINGS, other))
          .map(PlaceCheck::status)
          .contains(Status.ERROR);
      assertThat(DataDirectoryChecks.lock(data, Kind.SILENT, other))
          .map(PlaceCheck::status)
          .contains(Status.ERROR);
      assertThat(DataDirectoryChecks.lock(data, Kind.SILENT, own).orElseThrow().action())
          .doesNotContain("Stop");
      assertThat(DataDirectoryChecks.lock(data, Kind.UNASKED, Optional.empty()))
          .map(PlaceCheck::status)
          .contains(Status.WARNING);
    }
    assertThat(DataDirectoryChecks.lock(data, Kind.NOBODY, Optional.empty())).isEmpty();
    FileMutex.tryAcquire(directory.resolve(".lock")).orElseThrow().close();
  }

  @Test
  void givenALockThatIsALink_whenChecked_thenThatIsAnErrorAndNothingIsFollowed()
      throws IOException {
    Files.createSymbolicLink(directory.resolve(".lock"), directory.resolve("target"));

    assertThat(DataDirectoryChecks.lock(directory.toString(), Kind.NOBODY, Optional.empty()))
        .map(PlaceCheck::status)
        .contains(Status.ERROR);
    assertThat(directory.resolve("target")).doesNotExist();
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
  void givenABrokenListOfLocks_whenAHolderIsSought_thenItIsUnknown() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "");
    Object inode = Files.getAttribute(file, "unix:ino");
    Files.writeString(
        directory.resolve("locks"), "short\n1: POSIX ADVISORY WRITE x 00:00:" + inode + " 0 EOF\n");

    assertThat(new PortHolder(directory).ofLock(file)).isEmpty();
  }
}
