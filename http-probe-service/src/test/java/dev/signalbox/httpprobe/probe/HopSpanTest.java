package dev.signalbox.httpprobe.probe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.testsupport.CollectedSpan;
import dev.signalbox.testsupport.FakeHttpServer;
import dev.signalbox.testsupport.HttpAnswer;
import dev.signalbox.testsupport.TestNode;
import dev.signalbox.testsupport.TestTrace;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HopSpanTest {

  private final TestTrace trace = TestTrace.begin();
  private final ProbeRig rig = new ProbeRig();

  @AfterEach
  void close() {
    rig.close();
    trace.close();
  }

  private void probe(String url, Object... more) {
    TestNode.await(rig.start(ProbeRig.task(url, more), trace.context()).result());
  }

  private void failedProbe(String url, Object... more) {
    rig.failed(rig.start(ProbeRig.task(url, more), trace.context()));
  }

  private static CollectedSpan named(List<CollectedSpan> spans, String name) {
    return spans.stream().filter(span -> span.name().equals(name)).findFirst().orElseThrow();
  }

  @Test
  void givenATracedProbe_whenAnswered_thenTheHopHasItsPhasesBelowIt() {
    try (FakeHttpServer server = FakeHttpServer.start(HttpAnswer.of(200, "hello"))) {
      probe("http://named.test:" + server.port() + "/a?secret=1");
      List<CollectedSpan> spans = trace.end();

      CollectedSpan hop = named(spans, "GET");
      assertThat(hop.kind()).isEqualTo("CLIENT");
      assertThat(hop.parentId()).isEqualTo(trace.rootId());
      assertThat(hop.error()).isFalse();
      assertThat(hop.attributes())
          .containsEntry("http.request.method", "GET")
          .containsEntry("http.response.status_code", "200")
          .containsEntry("server.address", "named.test")
          .containsEntry("server.port", Integer.toString(server.port()))
          .containsEntry("url.scheme", "http")
          .containsEntry("url.full", "http://named.test:" + server.port() + "/a")
          .containsEntry("network.peer.address", "127.0.0.1")
          .containsEntry("network.protocol.version", "1.1")
          .doesNotContainKeys("error.type", "http.request.resend_count");
      assertThat(spans)
          .filteredOn(span -> span.parentId().equals(hop.spanId()))
          .extracting(CollectedSpan::name)
          .containsExactly("dns", "connect", "first_byte", "download");
      assertThat(spans).hasSize(5);
    }
  }

  @Test
  void givenARedirect_whenFollowed_thenEachHopIsASpanThatSaysWhich() {
    try (FakeHttpServer last = FakeHttpServer.start(HttpAnswer.of(404, "none"));
        FakeHttpServer first = FakeHttpServer.start(HttpAnswer.redirect(302, last.url("/b")))) {
      probe(first.url("/a"), "follow_redirects", true);

      List<CollectedSpan> hops =
          trace.end().stream().filter(span -> span.name().equals("GET")).toList();
      assertThat(hops)
          .extracting(span -> span.attributes().get("http.response.status_code"))
          .containsExactly("302", "404");
      assertThat(hops.getFirst().attributes()).doesNotContainKey("http.request.resend_count");
      assertThat(hops.getLast().attributes())
          .containsEntry("http.request.resend_count", "1")
          .containsEntry("error.type", "404");
      assertThat(hops.getLast().error()).isTrue();
    }
  }

  @Test
  void givenAClosedPort_whenProbed_thenHopAndConnectFail() throws IOException {
    int closed;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      closed = socket.getLocalPort();
    }

    failedProbe("http://127.0.0.1:" + closed + "/");

    assertThat(trace.end())
        .hasSize(2)
        .allSatisfy(span -> {
          assertThat(span.attributes()).containsEntry("error.type", "CONNECT");
          assertThat(span.error()).isTrue();
        })
        .extracting(CollectedSpan::name)
        .containsExactly("connect", "GET");
  }

  @Test
  void givenASilentServer_whenTheTimeIsOver_thenTheWaitForTheFirstByteFails() {
    try (FakeHttpServer server = FakeHttpServer.start(HttpAnswer.silence())) {
      failedProbe(server.url("/"), "timeout_ms", 300);

      List<CollectedSpan> spans = trace.end();
      assertThat(named(spans, "first_byte").attributes()).containsEntry("error.type", "TIMEOUT");
      assertThat(named(spans, "GET").attributes()).containsEntry("error.type", "TIMEOUT");
      assertThat(named(spans, "connect").error()).isFalse();
    }
  }

  @Test
  void givenACallerThatLeaves_whenTheProbeEnds_thenItIsNoDefectOfTheTarget() {
    try (FakeHttpServer server = FakeHttpServer.start(HttpAnswer.silence())) {
      Probe probe = rig.start(ProbeRig.task(server.url("/")), trace.context());
      Awaitility.await().until(() -> server.requests().size() == 1);

      probe.cancel(new ServiceException(ErrorCode.CANCELLED, "the caller left"));

      Awaitility.await().until(() -> server.openConnections() == 0);
      assertThat(trace.end())
          .filteredOn(span -> List.of("GET", "first_byte").contains(span.name()))
          .hasSize(2)
          .allSatisfy(span -> {
            assertThat(span.attributes()).containsEntry("error.type", "CANCELLED");
            assertThat(span.error()).isFalse();
          });
    }
  }

  @Test
  void givenABlockedTarget_whenProbed_thenTheHopSaysSoAndHasNoPhases() {
    failedProbe("http://198.51.100.7/");

    assertThat(trace.end())
        .singleElement()
        .satisfies(
            span -> assertThat(span.attributes()).containsEntry("error.type", "BLOCKED_TARGET"));
  }

  @Test
  void givenATraceThatIsNotSampled_whenProbed_thenThereIsNoSpan() {
    try (FakeHttpServer server = FakeHttpServer.start(HttpAnswer.of(200, "hello"));
        TestTrace unsampled = TestTrace.beginUnsampled()) {
      TestNode.await(rig.start(ProbeRig.task(server.url("/")), unsampled.context()).result());

      assertThat(unsampled.end()).isEmpty();
    }
  }
}
