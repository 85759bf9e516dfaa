package dev.signalbox.dnsclient.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.dns.DnsTimings;
import dev.signalbox.dnsclient.TestClient;
import dev.signalbox.dnsclient.message.DomainNames;
import dev.signalbox.dnsclient.message.Freshness;
import dev.signalbox.dnsclient.message.QueryOptions;
import dev.signalbox.dnsclient.message.Question;
import dev.signalbox.dnsclient.resolver.LookupOutcome.Answered;
import dev.signalbox.dnsclient.transport.Protocol;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

class AnswerCacheTest {

  private static final String SOA = "ns1.test. admin.test. 1 7200 900 1209600 ";

  private final AtomicLong clock = new AtomicLong(1_000);
  private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
  private final AnswerCache cache = cache(1 << 20);

  private AnswerCache cache(long bytes) {
    return new AnswerCache(
        new SharedAnswers.Limits(bytes, Duration.ofHours(2), Duration.ofMinutes(1)),
        clock::get,
        metrics,
        "test" + bytes);
  }

  @Test
  void countsTtlsDownUntilTheFirstOfThemIsOver() throws IOException {
    Message answer = answer("a.test.", record("a.test.", Type.A, 60, "192.0.2.1"));
    answer.addRecord(record("test.", Type.NS, 300, "ns1.test."), Section.AUTHORITY);
    answer.addRecord(new OPTRecord(1232, 0, 0), Section.ADDITIONAL);
    keep(answer, Type.A);

    pass(Duration.ofMillis(59_999));
    Answered kept = find("a.test.", Type.A);

    assertThat(kept.cached()).isTrue();
    assertThat(kept.attempts()).isZero();
    assertThat(kept.message().getSection(Section.ANSWER).getFirst().getTTL()).isEqualTo(1);
    assertThat(kept.message().getSection(Section.AUTHORITY).getFirst().getTTL()).isEqualTo(241);
    assertThat(kept.message().getOPT().getPayloadSize()).isEqualTo(1232);

    pass(Duration.ofMillis(2));
    assertThat(find("a.test.", Type.A)).isNull();
  }

  @Test
  void showsTheNameInTheAskersOwnCase() throws IOException {
    keep(answer("a.test.", record("a.test.", Type.A, 60, "192.0.2.1")), Type.A);

    Message kept = find("A.tEsT.", Type.A).message();

    assertThat(kept.getQuestion().getName().toString()).isEqualTo("A.tEsT.");
    assertThat(kept.getSection(Section.ANSWER).getFirst().getName().toString())
        .isEqualTo("A.tEsT.");
  }

  @Test
  void keepsAMissingNameAsLongAsItsSoaSays() throws IOException {
    Message missing = answer("b.test.");
    missing.getHeader().setRcode(Rcode.NXDOMAIN);
    missing.addRecord(record("test.", Type.SOA, 900, SOA + "30"), Section.AUTHORITY);
    keep(missing, Type.A);

    pass(Duration.ofSeconds(29));
    assertThat(find("b.test.", Type.A).message().getRcode()).isEqualTo(Rcode.NXDOMAIN);
    pass(Duration.ofSeconds(2));
    assertThat(find("b.test.", Type.A)).isNull();
  }

  @Test
  void keepsNothingLongerThanItIsTold() throws IOException {
    keep(answer("a.test.", record("a.test.", Type.A, 86_400, "192.0.2.1")), Type.A);
    Message empty = answer("e.test.");
    empty.addRecord(record("test.", Type.SOA, 900, SOA + "900"), Section.AUTHORITY);
    keep(empty, Type.A);

    pass(Duration.ofSeconds(61));
    assertThat(find("e.test.", Type.A)).isNull();
    assertThat(find("a.test.", Type.A)).isNotNull();
    pass(Duration.ofHours(2));
    assertThat(find("a.test.", Type.A)).isNull();
  }

  @Test
  void keepsAnAliasThatEndsNowhereNoLongerThanTheSoaSays() throws IOException {
    Message alias = answer("www.test.", record("www.test.", Type.CNAME, 3600, "gone.test."));
    alias.addRecord(record("test.", Type.SOA, 900, SOA + "20"), Section.AUTHORITY);
    keep(alias, Type.A);

    pass(Duration.ofSeconds(21));
    assertThat(find("www.test.", Type.A)).isNull();
  }

  @Test
  void countsANegativeAnswerDownFromTheMinimumOfItsSoa() throws IOException {
    Message missing = answer("gone.test.");
    missing.getHeader().setRcode(Rcode.NXDOMAIN);
    missing.addRecord(record("test.", Type.SOA, 3600, SOA + "50"), Section.AUTHORITY);
    keep(missing, Type.A);

    for (int left : new int[] {50, 40, 30, 1}) {
      Answered kept = find("gone.test.", Type.A);
      assertThat(kept.message().getSection(Section.AUTHORITY).getFirst().getTTL()).isEqualTo(left);
      assertThat(Freshness.of(kept.message(), DomainNames.question("gone.test.", Type.A)).seconds())
          .isEqualTo(left);
      pass(Duration.ofSeconds(left > 30 ? 10 : 29));
    }
  }

  @Test
  void keepsNothingThatMustNotBeKept() throws IOException {
    keep(answer("zero.test.", record("zero.test.", Type.A, 0, "192.0.2.1")), Type.A);
    keep(answer("nosoa.test."), Type.A);
    Message failed = answer("fail.test.", record("fail.test.", Type.A, 60, "192.0.2.1"));
    failed.getHeader().setRcode(Rcode.SERVFAIL);
    keep(failed, Type.A);
    Message cut = answer("cut.test.", record("cut.test.", Type.A, 60, "192.0.2.1"));
    cut.getHeader().setFlag(Flags.TC);
    keep(cut, Type.A);

    for (String name : List.of("zero", "nosoa", "fail", "cut")) {
      assertThat(find(name + ".test.", Type.A)).as(name).isNull();
    }
  }

  @Test
  void tellsApartWhatIsAskedDifferently() throws IOException {
    keep(answer("a.test.", record("a.test.", Type.A, 60, "192.0.2.1")), Type.A);
    Question question = DomainNames.question("a.test", Type.A);
    QueryOptions signed = new QueryOptions(true, false, true, QueryOptions.standard(1232).edns());
    QueryOptions unchecked =
        new QueryOptions(true, true, false, QueryOptions.standard(1232).edns());

    assertThat(find("a.test.", Type.AAAA)).isNull();
    assertThat(cache.find(key(question, signed, "192.0.2.53"), question)).isNull();
    assertThat(cache.find(key(question, unchecked, "192.0.2.53"), question)).isNull();
    assertThat(cache.find(key(question, QueryOptions.standard(1232), "192.0.2.54"), question))
        .isNull();
    assertThat(find("a.test.", Type.A)).isNotNull();
  }

  @Test
  void staysWithinItsBytesAndSaysSo() throws IOException {
    AnswerCache small = cache(20_000);
    for (int i = 0; i < 1_000; i++) {
      String name = "n" + i + ".test.";
      Message answer = answer(name, record(name, Type.A, 60, "192.0.2.1"));
      small.keep(key(DomainNames.question(name, Type.A)), answered(answer));
    }

    assertThat(metrics.get("signalbox.dns.cache.bytes").tag("client", "test20000").gauge().value())
        .isBetween(1.0, 20_000.0);
    assertThat(
            metrics.get("signalbox.dns.cache.entries").tag("client", "test20000").gauge().value())
        .isBetween(1.0, 40.0);
    assertThat(
            metrics
                .get("signalbox.dns.cache.removals")
                .tags("client", "test20000", "cause", "size")
                .counter()
                .count())
        .isGreaterThan(900);
  }

  private void pass(Duration time) {
    clock.addAndGet(time.toNanos());
  }

  private void keep(Message message, int type) throws IOException {
    Question question = DomainNames.question(message.getQuestion().getName().toString(), type);
    cache.keep(key(question), answered(message));
  }

  private Answered find(String name, int type) {
    Question question = DomainNames.question(name, type);
    return cache.find(key(question), question);
  }

  private static CacheKey key(Question question) {
    return key(question, QueryOptions.standard(1232), "192.0.2.53");
  }

  private static CacheKey key(Question question, QueryOptions options, String resolver) {
    return new CacheKey(question, options, true, List.of(TestClient.upstream(resolver)));
  }

  private static Answered answered(Message message) throws IOException {
    byte[] wire = message.toWire();
    return new Answered(
        new Message(wire),
        wire,
        "192.0.2.53:53",
        Protocol.UDP,
        false,
        1,
        new DnsTimings(null, null, 1),
        false);
  }

  private static Message answer(String name, Record... records) {
    Message message = new Message(1);
    message.getHeader().setFlag(Flags.QR);
    message.addRecord(
        Record.newRecord(Name.fromConstantString(name), Type.A, DClass.IN), Section.QUESTION);
    for (Record record : records) {
      message.addRecord(record, Section.ANSWER);
    }
    return message;
  }

  private static Record record(String name, int type, long ttl, String data) throws IOException {
    Record small =
        Record.fromString(Name.fromConstantString(name), type, DClass.IN, 1, data, Name.root);
    return Record.newRecord(small.getName(), type, DClass.IN, ttl, small.rdataToWireCanonical());
  }
}
