// Counts the rows of W and tells each column group which row of its shadow weights to load: column group h
// h edges after the row was sampled, as the row itself gets there. Rows from ROWS on are dropped.
module sosa_weight_feed #(
    parameter int ROWS = 1,
    parameter int COL_GROUPS = 1
) (
    input  logic clk,
    input  logic rst_n,
    input  logic en,
    input  logic w_valid,
    input  logic w_first,
    output logic [$clog2(ROWS+1)-1:0] w_rows,
    output logic [COL_GROUPS*ROWS-1:0] load_at  // by column group, one bit a row
);
    localparam int COUNT_BITS = $clog2(ROWS + 1);
    localparam logic [COUNT_BITS-1:0] FULL = COUNT_BITS'(ROWS);

    // The row that comes now; FULL: none, or one too many.
    logic [COUNT_BITS-1:0] row;
    always_comb begin
        row = FULL;
        if (w_valid) row = w_first ? {COUNT_BITS{1'b0}} : w_rows;
    end
    always_ff @(posedge clk) begin
        if (!rst_n) w_rows <= {COUNT_BITS{1'b0}};
        else if (en && row != FULL) w_rows <= row + 1'b1;
    end

    genvar h, r;
    generate
        for (h = 0; h < COL_GROUPS; h = h + 1) begin : column_group
            logic [COUNT_BITS-1:0] target;
            if (h == 0) begin : first
                assign target = row;
            end else begin : further
                always_ff @(posedge clk) begin
                    if (!rst_n) target <= FULL;
                    else if (en) target <= column_group[h-1].target;
                end
            end
            for (r = 0; r < ROWS; r = r + 1) begin : decode
                assign load_at[ROWS*h + r] = target == COUNT_BITS'(r);
            end
        end
    endgenerate
endmodule
