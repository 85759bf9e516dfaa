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

/** What tasks there are: those on offer, and those whose service was here and is gone. */
public final class TaskCatalogue {

  /**
   * A task type and who offers it.
   *
   * @param service the service's name
   * @param operation runs tasks of the type
   */
  public record Offer(TaskType type, String service, Operation<TaskRequest, TaskReply> operation) {

    static Offer of(TaskType type, String service) {
      return new Offer(type, service, type.operation());
    }
  }

  private final Map<String, Offer> offered;
  private final Map<String, String> known;
  private final List<Offer> all;

  private TaskCatalogue(Map<String, Offer> offered, Map<String, String> known, List<Offer> all) {
    this.offered = Map.copyOf(offered);
    this.known = Map.copyOf(known);
    this.all = List.copyOf(all);
  }

  static TaskCatalogue empty() {
    return new TaskCatalogue(Map.of(), WellKnownTasks.SERVICES, List.of());
  }

  /** The catalogue of these instances, remembering whose the tasks of the others were. */
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
        // A name of one's own goes before somebody else's alias.
        every.putIfAbsent(alias, offer);
        serviceOf.put(alias, offer.service());
      }
    }
    return new TaskCatalogue(every, serviceOf, new ArrayList<>(byName.values()));
  }

  /** Who offers a task of this name or alias; null when nobody does now. */
  public @Nullable Offer find(String name) {
    return offered.get(name);
  }

  /** The service whose task it is, offered now or not; null for a name never heard of. */
  public @Nullable String serviceOf(String name) {
    return known.get(name);
  }

  /** Types on offer, by name. */
  public List<Offer> offers() {
    return all;
  }

  /** Names on offer, without aliases. */
  public List<String> names() {
    return all.stream().map(offer -> offer.type().name()).toList();
  }
}
