#include <sqlite3.h>

#include <memory>

#include "host/collect.h"
#include "traces/error.h"

namespace sosa::host {

namespace {

using Value = Figure::Value;
using Type = ResultTable::Type;

std::string quoted(const std::string& name) {
    std::string text = "\"";
    for (const char c : name) text += c == '"' ? std::string("\"\"") : std::string(1, c);
    return text + "\"";
}

// A database in memory. What can fail there is memory alone.
class Database {
  public:
    Database() {
        check(sqlite3_open_v2(":memory:", &database_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr));
    }
    ~Database() { sqlite3_close(database_); }
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    void run(const std::string& sql) {
        check(sqlite3_exec(database_, sql.c_str(), nullptr, nullptr, nullptr));
    }

    // A row for each call, of as many values as the statement has.
    class Insert {
      public:
        Insert(Database& database, const std::string& sql) : database_(database) {
            database_.check(sqlite3_prepare_v2(database_.database_, sql.c_str(), -1, &statement_, nullptr));
        }
        ~Insert() { sqlite3_finalize(statement_); }
        Insert(const Insert&) = delete;
        Insert& operator=(const Insert&) = delete;

        void row(const std::vector<Value>& values) {
            for (std::size_t i = 0; i < values.size(); ++i) bind(static_cast<int>(i) + 1, values[i]);
            if (sqlite3_step(statement_) != SQLITE_DONE) database_.check(SQLITE_ERROR);
            database_.check(sqlite3_reset(statement_));
        }

      private:
        void bind(int at, const Value& value) {
            int result = SQLITE_OK;
            if (const auto* whole = std::get_if<std::uint64_t>(&value))
                result = sqlite3_bind_int64(statement_, at, static_cast<sqlite3_int64>(*whole));
            else if (const auto* real = std::get_if<double>(&value))
                result = sqlite3_bind_double(statement_, at, *real);
            else if (const auto* text = std::get_if<std::string>(&value))
                result = sqlite3_bind_text(statement_, at, text->data(), static_cast<int>(text->size()),
                                           SQLITE_STATIC);
            else
                result = sqlite3_bind_null(statement_, at);
            database_.check(result);
        }

        Database& database_;
        sqlite3_stmt* statement_ = nullptr;
    };

    std::string bytes() {
        sqlite3_int64 size = 0;
        const std::unique_ptr<unsigned char, void (*)(void*)> data(
            sqlite3_serialize(database_, "main", &size, 0), sqlite3_free);
        if (!data) throw std::bad_alloc();
        return {reinterpret_cast<const char*>(data.get()), static_cast<std::size_t>(size)};
    }

  private:
    void check(int result) {
        if (result == SQLITE_NOMEM) throw std::bad_alloc();
        SOSA_CHECK(result == SQLITE_OK, std::string(sqlite3_errmsg(database_)));
    }

    sqlite3* database_ = nullptr;
};

void write_points(const ResultTable& table, Database& database) {
    std::string columns, marks;
    for (const auto& column : table.columns) {
        const char* const type = column.type == Type::whole  ? " INTEGER"
                                 : column.type == Type::real ? " REAL"
                                                             : " TEXT";
        columns += (columns.empty() ? "" : ", ") + quoted(column.name) + type;
        marks += marks.empty() ? "?" : ", ?";
    }
    database.run("CREATE TABLE points (" + columns + ")");
    Database::Insert insert(database, "INSERT INTO points VALUES (" + marks + ")");
    for (const auto& row : table.rows) insert.row(row);
}

void write_config(const SweepResults& results, Database& database) {
    database.run("CREATE TABLE config (point INTEGER, key TEXT, value TEXT)");
    Database::Insert insert(database, "INSERT INTO config VALUES (?, ?, ?)");
    for (std::size_t row = 0; row < results.points.size(); ++row)
        if (results.points[row])
            for (const hw::ConfigKey& key : hw::config_keys())
                insert.row({std::uint64_t{row + 1}, std::string(key.path),
                            hw::value_text(key, results.points[row]->config)});
}

}  // namespace

std::string sqlite_bytes(const ResultTable& table, const SweepResults& results) {
    Database database;
    database.run("BEGIN");
    write_points(table, database);
    write_config(results, database);
    database.run("COMMIT");
    return database.bytes();
}

}  // namespace sosa::host
