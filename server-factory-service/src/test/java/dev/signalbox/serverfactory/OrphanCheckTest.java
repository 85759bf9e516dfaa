package dev.signalbox.serverfactory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.serverfactory.ServerInfo;
import dev.signalbox.platform.diagnostic.FindingCode;
import dev.signalbox.platform.diagnostic.Symptom;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OrphanCheckTest {

  private static final int ROUNDS = 6;

  @TempDir Path data;

  private static List<Symptom> found(Instance instance) throws Exception {
    return new OrphanCheck(instance.store()).check();
  }

  @Test
  void givenAServerWhoseInstanceListens_whenChecked_thenNothingIsFound() throws Exception {
    try (Instance one = Instance.of("one", data)) {
      one.started(0, "/a");

      assertThat(found(one)).isEmpty();
    }
  }

  @Test
  void givenAPortThatAnotherProgramHas_whenNobodyCanListen_thenItIsFoundUntilThePortIsFree()
      throws Exception {
    ServerInfo server;
    try (Instance one = Instance.of("one", data)) {
      server = one.started(0, "/a");
    }
    try (Instance two = Instance.of("two", data)) {
      try (ServerSocket _ = new ServerSocket(server.port(), 1, InetAddress.getLoopbackAddress())) {
        two.endAllLeases();
        two.round();

        List<Symptom> found = found(two);
        assertThat(found).extracting(Symptom::code).containsExactly(FindingCode.SERVER_PORT);
        assertThat(found.getFirst().detail())
            .isEqualTo(
                "Nobody listens for 1 server: "
                    + server.serverId()
                    + " (port "
                    + server.port()
                    + ").");
      }
      for (int i = 0; i < ROUNDS; i++) {
        two.round();
      }

      assertThat(two.owns(server.serverId())).isTrue();
      assertThat(found(two)).isEmpty();
    }
  }
}
