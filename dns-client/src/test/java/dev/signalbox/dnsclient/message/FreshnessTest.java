package dev.signalbox.dnsclient.message;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.testsupport.MasterFile;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** How long answers to a question for w.a.test. A are kept, and as what. */
class FreshnessTest {

  private static final Question QUESTION =
      new Question(Name.fromConstantString("w.a.test."), Type.A);
  private static final String LONG =
      String.join(".", "x".repeat(63), "x".repeat(63), "x".repeat(63), "x".repeat(61)) + ".";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "0|w.a.test. 60 A 192.0.2.1|-|60|false",
        "0|w.a.test. 90 CNAME b.test.; b.test. 60 A 192.0.2.1|-|60|false",
        "0|w.a.test. 90 CNAME b.test.; c.test. 60 A 192.0.2.1|-|0|true",
        "0|w.a.test. 90 CNAME b.test.; c.test. 60 A 192.0.2.1|test. 40 SOA a. b. 1 2 3 4 50|40|true",
        "0|w.a.test. 90 CNAME b.test.|b.test. 40 SOA a. b. 1 2 3 4 30|30|true",
        "0|w.a.test. 90 CNAME b.test.|a.test. 40 SOA a. b. 1 2 3 4 30|0|true",
        "0|-|a.test. 40 SOA a. b. 1 2 3 4 30|30|true",
        "3|-|a.test. 40 SOA a. b. 1 2 3 4 30|30|true",
        "3|-|-|0|true",
        "3|w.a.test. 20 CNAME b.test.|test. 40 SOA a. b. 1 2 3 4 30|20|true",
        "3|w.a.test. 90 CNAME b.test.|test. 40 SOA a. b. 1 2 3 4 30|30|true",
        "3|w.a.test. 90 CNAME b.test.|a.test. 40 SOA a. b. 1 2 3 4 30|0|true",
        "3|a.test. 90 DNAME b.test.|b.test. 40 SOA a. b. 1 2 3 4 30|30|true",
        "0|w.a.test. 90 CNAME w.a.test.|test. 40 SOA a. b. 1 2 3 4 30|0|true",
        "6|a.test. 90 DNAME LONG|-|90|true",
        "0|a.test. 90 DNAME LONG|-|90|true",
        "6|w.a.test. 20 CNAME w.b.test.; b.test. 90 DNAME LONG|-|20|true",
        "6|a.test. 90 DNAME b.test.|-|0|true",
        "6|-|a.test. 40 SOA a. b. 1 2 3 4 30|0|true",
        "2|a.test. 90 DNAME LONG|-|0|true",
        "2|w.a.test. 90 CNAME b.test.|-|0|true",
      })
  void givenAResponse_whenRead_thenItIsKeptForAsLongAsItHolds(
      int rcode, String answer, String authority, long seconds, boolean negative) {
    Message message = new Message(1);
    message.getHeader().setRcode(rcode);
    add(message, Section.ANSWER, answer);
    add(message, Section.AUTHORITY, authority);

    assertThat(Freshness.of(message, QUESTION)).isEqualTo(new Freshness(seconds, negative));
  }

  private static void add(Message message, int section, String records) {
    if (records != null) {
      MasterFile.records(records.replace("LONG", LONG))
          .forEach(record -> message.addRecord(record, section));
    }
  }
}
