package dev.signalbox.httpprobe.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.httpprobe.connect.TargetLimits;
import dev.signalbox.testsupport.FakeHttpServer;
import dev.signalbox.testsupport.HttpAnswer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import org.junit.jupiter.api.Test;

class CancelledProbeTest {

  @Test
  void gives_everything_back_while_it_waits_for_an_answer() {
    try (ProbeRig rig = new ProbeRig();
        FakeHttpServer server = FakeHttpServer.start(HttpAnswer.silence())) {
      Probe probe = rig.start(server.url("/"));
      await().until(() -> server.requests().size() == 1);

      rig.cancelAndExpectNothingHeld(probe);

      await().until(() -> server.openConnections() == 0);
      assertThat(probe.result().failed()).isTrue();
    }
  }

  @Test
  void gives_everything_back_in_the_middle_of_a_body() {
    try (ProbeRig rig = new ProbeRig();
        FakeHttpServer server =
            FakeHttpServer.start((request, out) -> {
              out.head(200, "Content-Length: 1000000");
              out.bytes(new byte[300_000]);
              out.flush();
              out.untilClientLeaves();
            })) {
      Probe probe = rig.start(server.url("/"));
      await().until(() -> rig.memory() == 300_000);

      rig.cancelAndExpectNothingHeld(probe);

      await().until(() -> server.openConnections() == 0);
    }
  }

  @Test
  void gives_everything_back_in_the_middle_of_a_handshake() throws Exception {
    try (ProbeRig rig = new ProbeRig();
        ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Probe probe = rig.start("https://127.0.0.1:" + silent.getLocalPort() + "/");
      try (Socket accepted = silent.accept()) {
        assertThat(accepted.getInputStream().read()).isEqualTo(22);

        rig.cancelAndExpectNothingHeld(probe);

        accepted.setSoTimeout(10_000);
        assertThat(ended(accepted)).isTrue();
      }
    }
  }

  @Test
  void gives_everything_back_over_http_2() {
    try (ProbeRig rig = new ProbeRig();
        FakeHttpServer server = FakeHttpServer.start(HttpAnswer.silence())) {
      Probe probe = rig.start(server.url("/"), "http_version", "2");
      await().until(() -> server.requests().size() == 1);

      rig.cancelAndExpectNothingHeld(probe);

      await().until(() -> server.openConnections() == 0);
    }
  }

  @Test
  void leaves_the_queue_for_a_place_at_the_target() {
    try (ProbeRig rig = new ProbeRig(new TargetLimits(0, 1));
        FakeHttpServer server = FakeHttpServer.start(HttpAnswer.silence())) {
      Probe first = rig.start(server.url("/"));
      await().until(() -> server.requests().size() == 1);
      Probe second = rig.start(server.url("/"));

      assertThat(rig.underWay()).isEqualTo(2);
      second.cancel(new IllegalStateException("cancelled"));
      rig.cancelAndExpectNothingHeld(first);
      assertThat(server.requests()).hasSize(1);
    }
  }

  private static boolean ended(Socket socket) throws java.io.IOException {
    try {
      socket.getInputStream().readAllBytes();
      return socket.getInputStream().read() < 0;
    } catch (java.net.SocketException reset) {
      return true;
    }
  }
}
