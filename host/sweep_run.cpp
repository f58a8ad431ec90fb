#include "host/sweep_run.h"

#include <algorithm>
#include <iostream>

#include "host/progress.h"
#include "host/report.h"
#include "host/sweep_pool.h"
#include "host/sweep_simulate.h"
#include "host/sweep_store.h"
#include "traces/error.h"

namespace sosa::host {

namespace {

// How the work on a point ends.
enum Ending { kOk, kFailed, kFinishedElsewhere, kBusy, kCannotGoOn };

class Runner {
  public:
    Runner(const SweepPlan& plan, const SweepOptions& options)
        : plan_(plan), options_(options), store_(options.folder, plan.index, options.extend) {}

    SweepOutcome run(Progress& progress);

  private:
    const std::string& hash(std::size_t row) const { return plan_.index.rows[row].hash; }
    bool is_done(PointState state) const {
        return state == PointState::ok || (state == PointState::failed && !options_.retry_failed);
    }
    std::vector<std::size_t> rows_to_run();
    Ending work(std::size_t row) const;
    void note(const WorkerPool::Ended& ended);
    void note_death(std::size_t row, const std::string& reason);
    void run_rows(const std::vector<std::size_t>& rows, Progress& progress);
    void note_stopped(const std::vector<std::size_t>& rows);
    void look_again();

    const SweepPlan& plan_;
    const SweepOptions& options_;
    SweepStore store_;
    SweepOutcome outcome_;
    std::vector<std::size_t> busy_;  // rows that another sweep works on
};

std::vector<std::size_t> Runner::rows_to_run() {
    std::vector<std::size_t> rows;
    for (std::size_t row = 0; row < plan_.points.size(); ++row) {
        if (!options_.shard.has(row)) continue;
        ++outcome_.points;
        const PointState state = point_state(store_.folder(), hash(row));
        if (state == PointState::broken) outcome_.broken.push_back(row);
        if (!is_done(state)) {
            rows.push_back(row);
            continue;
        }
        ++outcome_.done_before;
        if (state == PointState::failed) outcome_.failed.push_back(row);
    }
    return rows;
}

// In the worker.
Ending Runner::work(std::size_t row) const {
    try {
        const auto claim = store_.claim(hash(row));
        if (!claim) return kBusy;
        if (is_done(point_state(store_.folder(), hash(row)))) return kFinishedElsewhere;
        const auto result = simulate_point(plan_.points[row], plan_.index.rows[row], plan_.index.version);
        store_.write(result);
        return result.ok() ? kOk : kFailed;
    } catch (const UserError& error) {
        std::cerr << error.what() << std::endl;
        return kCannotGoOn;
    }
}

// The worker did not come to its end; its result may be there all the same, or somebody else be at the point.
void Runner::note_death(std::size_t row, const std::string& reason) {
    const auto claim = store_.claim(hash(row));
    if (!claim) return busy_.push_back(row);
    if (point_state(store_.folder(), hash(row)) == PointState::ok) return note({row, kOk, "", ""});
    store_.write(failed_point(plan_.points[row], plan_.index.rows[row], plan_.index.version, reason));
    note({row, kFailed, "", ""});
}

void Runner::note(const WorkerPool::Ended& ended) {
    switch (ended.code) {
        case kOk:
            ++outcome_.ran;
            break;
        case kFailed:
            ++outcome_.ran;
            outcome_.failed.push_back(ended.task);
            break;
        case kFinishedElsewhere:
        case kBusy:
            busy_.push_back(ended.task);
            break;
        case kCannotGoOn:
            throw UserError(ended.said);
        default:
            note_death(ended.task, ended.how + (ended.said.empty() ? "" : ": " + ended.said));
    }
}

// Of those that were stopped, some may have left their result.
void Runner::note_stopped(const std::vector<std::size_t>& rows) {
    for (const std::size_t row : rows) {
        const PointState state = point_state(store_.folder(), hash(row));
        if (is_done(state)) note({row, state == PointState::ok ? kOk : kFailed, "", ""});
    }
}

void Runner::look_again() {
    for (const std::size_t row : busy_) {
        const PointState state = point_state(store_.folder(), hash(row));
        const bool there = state == PointState::ok || state == PointState::failed;
        ++(there ? outcome_.done_before : outcome_.elsewhere);
        if (state == PointState::failed) outcome_.failed.push_back(row);
    }
}

void Runner::run_rows(const std::vector<std::size_t>& rows, Progress& progress) {
    WorkerPool pool(options_.jobs);
    progress.begin("point");
    std::size_t next = 0, done = 0;
    while (next < rows.size() || !pool.empty()) {
        if (interrupted()) {
            outcome_.stopped = true;
            return note_stopped(pool.stop());
        }
        for (; !pool.full() && next < rows.size(); ++next)
            pool.start(rows[next], [&] { return work(rows[next]); });
        if (const auto ended = pool.wait(500)) {
            note(*ended);
            ++done;
        }
        progress.update(done, rows.size());
    }
}

SweepOutcome Runner::run(Progress& progress) {
    Stopwatch watch;
    const std::vector<std::size_t> rows = rows_to_run();
    try {
        run_rows(rows, progress);
    } catch (const UserError& error) {
        throw UserError(std::string(error.what()) + "; " +
                        std::to_string(outcome_.done_before + outcome_.ran) + " of " +
                        std::to_string(outcome_.points) +
                        " points are done and stay, the same command goes on from there");
    }
    progress.clear();
    look_again();
    std::sort(outcome_.failed.begin(), outcome_.failed.end());
    outcome_.wall_s = watch.lap();
    return outcome_;
}

}  // namespace

SweepOutcome run_sweep(const SweepPlan& plan, const SweepOptions& options, Progress& progress) {
    return Runner(plan, options).run(progress);
}

}  // namespace sosa::host
