package dev.signalbox.gateway.limit;

import dev.signalbox.contracts.gateway.TokensUsed.RequestsSent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * The requests of tokens at this gateway, and how far those of other gateways were heard. Any
 * thread may count; the rest belongs to one event loop.
 */
public final class RequestTotals {

  /** The most totals of other gateways that are known; of more, the one not heard longest goes. */
  static final int MAX_HEARD = 20_000;

  private final ConcurrentMap<String, LongAdder> here = new ConcurrentHashMap<>();
  private final Map<String, Long> told = new HashMap<>();
  private final Map<Source, Long> heard =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Source, Long> eldest) {
          return size() > MAX_HEARD;
        }
      };

  private record Source(String gateway, String token) {}

  /** Counts a request. */
  public void add(String token) {
    LongAdder total = here.get(token);
    (total == null ? here.computeIfAbsent(token, _ -> new LongAdder()) : total).increment();
  }

  /** The totals that have grown since the last call. */
  List<RequestsSent> news() {
    List<RequestsSent> news = new ArrayList<>();
    here.forEach((token, adder) -> {
      long total = adder.sum();
      long before = told.getOrDefault(token, 0L);
      if (total > before) {
        told.put(token, total);
        news.add(new RequestsSent(token, total, before));
      }
    });
    return news;
  }

  /** How many requests a total of another gateway adds to what was heard of it. */
  long merge(String gateway, RequestsSent sent) {
    Source source = new Source(gateway, sent.token());
    long known = heard.getOrDefault(source, Math.max(0, sent.before()));
    if (sent.total() <= known) {
      return 0;
    }
    heard.put(source, sent.total());
    return sent.total() - known;
  }
}
