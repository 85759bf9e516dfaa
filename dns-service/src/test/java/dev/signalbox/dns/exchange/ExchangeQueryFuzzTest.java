package dev.signalbox.dns.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.signalbox.dnsclient.message.AnswerReader;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;

/** Whatever bytes a client of DNS over HTTPS sends. */
class ExchangeQueryFuzzTest {

  @FuzzTest(maxDuration = "1m")
  void readsAnyMessageAndRepeatsItsQuestion(byte[] wire) {
    if (ExchangeQuery.read(wire) instanceof ExchangeQuery.Read.Accepted(ExchangeQuery query)) {
      query.options(1232);

      byte[] reply = new ExchangeReplies(1232).refused(query, Rcode.NOTIMP).message().bytes();

      Message answer = AnswerReader.decode(reply);
      assertThat(answer).isNotNull();
      assertThat(answer.getHeader().getID()).isEqualTo(query.id());
      assertThat(answer.getQuestion().getName()).isEqualTo(query.question().getName());
      assertThat(answer.getOPT() == null).isEqualTo(query.opt() == null);
    }
  }
}
