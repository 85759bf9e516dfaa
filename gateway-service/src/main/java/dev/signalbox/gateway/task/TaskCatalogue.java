package dev.signalbox.gateway.task;

import dev.signalbox.contracts.Announcement;
import dev.signalbox.contracts.Operation;
import dev.signalbox.contracts.TaskReply;
import dev.signalbox.contracts.TaskRequest;
import dev.signalbox.contracts.TaskType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The available task types, and the services of task types that are not available now. */
public final class TaskCatalogue {

  /** An available task type, its service, and the operation that runs its tasks. */
  public record Offer(TaskType type, String service, Operation<TaskRequest, TaskReply> operation) {

    static Offer of(TaskType type, String service) {
      return new Offer(type, service, type.operation());
    }
  }

  /**
   * The services of Signalbox's own task types. The gateway does not dispatch by this list; it
   * names the missing service of a task type that no instance has announced yet.
   */
  private static final Map<String, String> OWN_TASKS =
      Map.ofEntries(
          Map.entry("dns_query", "dns-service"),
          Map.entry("http_get_request", "http-probe-service"),
          Map.entry("http_get", "http-probe-service"),
          Map.entry("http_probe", "http-probe-service"),
          Map.entry("start_http_server", "server-factory-service"),
          Map.entry("create_http_server", "server-factory-service"),
          Map.entry("create_http_server_task", "server-factory-service"),
          Map.entry("stop_http_server", "server-factory-service"),
          Map.entry("stop_http_active_server", "server-factory-service"),
          Map.entry("list_http_servers", "server-factory-service"),
          Map.entry("list_http_active_servers", "server-factory-service"),
          Map.entry("issue_code", "code-service"),
          Map.entry("store_message", "code-service"));

  private final Map<String, Offer> offered;
  private final Map<String, String> known;
  private final List<Offer> all;

  private TaskCatalogue(Map<String, Offer> offered, Map<String, String> known, List<Offer> all) {
    this.offered = Map.copyOf(offered);
    this.known = Map.copyOf(known);
    this.all = List.copyOf(all);
  }

  /** The catalogue of a gateway that no instance has announced a task type to. */
  public static TaskCatalogue empty() {
    return new TaskCatalogue(Map.of(), OWN_TASKS, List.of());
  }

  /** The catalogue of these instances; it keeps the service names of task types seen before. */
  TaskCatalogue updated(Collection<Announcement> instances) {
    var byName = new TreeMap<String, Offer>();
    var serviceOf = new HashMap<>(known);
    for (Announcement instance : instances) {
      if (!instance.ready()) {
        continue;
      }
      for (TaskType type : instance.taskTypes()) {
        byName.putIfAbsent(type.name(), Offer.of(type, instance.service()));
      }
    }
    var every = new HashMap<String, Offer>(byName);
    for (Offer offer : byName.values()) {
      serviceOf.put(offer.type().name(), offer.service());
      for (String alias : offer.type().aliases()) {
        // A name takes precedence over the alias of another task type.
        every.putIfAbsent(alias, offer);
        serviceOf.put(alias, offer.service());
      }
    }
    return new TaskCatalogue(every, serviceOf, new ArrayList<>(byName.values()));
  }

  /** The task type of a name or alias; null when it is not available. */
  public @Nullable Offer find(String name) {
    return offered.get(name);
  }

  /** The service of a name or alias, available or not; null when unknown. */
  public @Nullable String serviceOf(String name) {
    return known.get(name);
  }

  /** The services of all known names and aliases, available or not. */
  public Map<String, String> services() {
    return known;
  }

  /** The available task types, sorted by name. */
  public List<Offer> offers() {
    return all;
  }

  /** The names of the available task types, without aliases. */
  public List<String> names() {
    return all.stream().map(offer -> offer.type().name()).toList();
  }
}
