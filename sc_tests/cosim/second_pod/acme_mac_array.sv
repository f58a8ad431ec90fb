// A second design of the pod, as another house might deliver it: other names, an active-high reset, one process
// over arrays instead of a hierarchy of blocks. Its function is pods/README.md's, edge by edge; ports.json maps it.
module acme_mac_array #(
    parameter R = 32,
    parameter C = 32,
    parameter BC = 16,
    parameter FR = 16,
    parameter PW = 16,
    parameter SAT = 0
) (
    input  logic                 ck,
    input  logic                 rst,
    input  logic                 run,
    input  logic                 act_vld,
    input  logic                 act_new_tile,
    input  logic                 act_end,
    input  logic                 act_is_int,
    input  logic [8*R-1:0]       act,
    input  logic [PW*C-1:0]      acc_i,
    input  logic                 wgt_vld,
    input  logic                 wgt_row0,
    input  logic                 wgt_is_int,
    input  logic [8*C-1:0]       wgt,
    output logic [$clog2(R+1)-1:0] wgt_count,
    output logic                 acc_vld,
    output logic                 acc_end,
    output logic [PW*C-1:0]      acc_o,
    output logic [C-1:0]         acc_ovf,
    output logic                 active
);
    localparam G = (R + FR - 1) / FR;
    localparam H = (C + BC - 1) / BC;
    localparam D = G + H - 1;
    localparam signed [47:0] ACC_MAX = (48'sd1 <<< (PW - 1)) - 48'sd1;
    localparam signed [47:0] ACC_MIN = -(48'sd1 <<< (PW - 1));

    // What was sampled 1..D edges ago.
    logic              vld_age [1:D];
    logic              new_age [1:D];
    logic              end_age [1:D];
    logic [8*R-1:0]    act_age [1:D];
    logic              int_age [1:D];
    logic [PW*C-1:0]   acc_age [1:D];
    logic              put_age [1:D];
    integer            row_age [1:D];
    logic [8*C-1:0]    wgt_age [1:D];
    logic              wgt_int_age [1:D];

    // Nine-bit weights of PE (i,j) at i*C + j; sums of row group g, column j at g*C + j; results 0..H-1 edges old.
    logic signed [8:0]    live [0:R*C-1];
    logic signed [8:0]    spare [0:R*C-1];
    logic signed [PW-1:0] acc [0:G*C-1];
    logic                 ovf [0:G*C-1];
    logic [PW-1:0]        done [0:H*C-1];
    logic                 done_ovf [0:H*C-1];

    integer g, i, j, k, age, row;
    logic               take, put, is_int, load;
    logic signed [8:0]  x, w;
    logic signed [47:0] total;
    logic               wide;

    // Blocking assignments: every value is used before it is overwritten, so the rows are gone through from the
    // oldest to the youngest and the ages move on last.
    /* verilator lint_off BLKSEQ */
    always_ff @(posedge ck) begin
        if (rst) begin
            for (k = 1; k <= D; k = k + 1) begin
                vld_age[k] = 1'b0;
                new_age[k] = 1'b0;
                end_age[k] = 1'b0;
                put_age[k] = 1'b0;
            end
            for (k = 0; k < R * C; k = k + 1) begin
                live[k] = 9'sd0;
                spare[k] = 9'sd0;
            end
            wgt_count = '0;
        end else if (run) begin
            row = wgt_row0 ? 0 : 32'(wgt_count);
            put = wgt_vld && row < R;
            for (j = 0; j < C; j = j + 1) begin
                for (k = H - 1; k > 0; k = k - 1) begin
                    done[k*C + j] = done[(k-1)*C + j];
                    done_ovf[k*C + j] = done_ovf[(k-1)*C + j];
                end
                done[j] = acc[(G-1)*C + j];
                done_ovf[j] = ovf[(G-1)*C + j];
                for (g = G - 1; g >= 0; g = g - 1) begin
                    age = g + j / BC;
                    take = age == 0 ? act_vld && act_new_tile : new_age[age];
                    is_int = age == 0 ? act_is_int : int_age[age];
                    wide = 1'b0;
                    if (g != 0) begin
                        total = 48'(acc[(g-1)*C + j]);
                        wide = ovf[(g-1)*C + j];
                    end else if (age == 0) begin
                        total = 48'($signed(acc_i[PW*j +: PW]));
                    end else begin
                        total = 48'($signed(acc_age[age][PW*j +: PW]));
                    end
                    for (i = g * FR; i < R && i < (g + 1) * FR; i = i + 1) begin
                        x[7:0] = age == 0 ? act[8*i +: 8] : act_age[age][8*i +: 8];
                        x[8] = is_int && x[7];
                        if (take) live[i*C + j] = spare[i*C + j];
                        total = total + 48'(x) * 48'(live[i*C + j]);
                    end
                    if (total > ACC_MAX || total < ACC_MIN) begin
                        wide = 1'b1;
                        if (SAT != 0) total = total > ACC_MAX ? ACC_MAX : ACC_MIN;
                    end
                    acc[g*C + j] = total[PW-1:0];
                    ovf[g*C + j] = wide;
                end
                age = j / BC;
                load = age == 0 ? put : put_age[age];
                w[7:0] = age == 0 ? wgt[8*j +: 8] : wgt_age[age][8*j +: 8];
                w[8] = (age == 0 ? wgt_is_int : wgt_int_age[age]) && w[7];
                if (load) spare[(age == 0 ? row : row_age[age])*C + j] = w;
            end
            for (k = D; k > 1; k = k - 1) begin
                vld_age[k] = vld_age[k-1];
                new_age[k] = new_age[k-1];
                end_age[k] = end_age[k-1];
                act_age[k] = act_age[k-1];
                int_age[k] = int_age[k-1];
                acc_age[k] = acc_age[k-1];
                put_age[k] = put_age[k-1];
                row_age[k] = row_age[k-1];
                wgt_age[k] = wgt_age[k-1];
                wgt_int_age[k] = wgt_int_age[k-1];
            end
            vld_age[1] = act_vld;
            new_age[1] = act_vld && act_new_tile;
            end_age[1] = act_vld && act_end;
            act_age[1] = act;
            int_age[1] = act_is_int;
            acc_age[1] = acc_i;
            put_age[1] = put;
            row_age[1] = row;
            wgt_age[1] = wgt;
            wgt_int_age[1] = wgt_is_int;
            if (put) wgt_count = ($clog2(R+1))'(row + 1);
        end
    end
    /* verilator lint_on BLKSEQ */

    integer n, wait_edges;
    always_comb begin
        active = 1'b0;
        for (n = 1; n <= D; n = n + 1) active = active || vld_age[n];
        acc_vld = vld_age[D];
        acc_end = end_age[D];
        acc_o = '0;
        acc_ovf = '0;
        wait_edges = 0;
        for (n = 0; n < C; n = n + 1) begin
            wait_edges = H - 1 - n / BC;
            if (acc_vld && wait_edges == 0) begin
                acc_o[PW*n +: PW] = acc[(G-1)*C + n];
                acc_ovf[n] = ovf[(G-1)*C + n];
            end else if (acc_vld) begin
                acc_o[PW*n +: PW] = done[(wait_edges-1)*C + n];
                acc_ovf[n] = done_ovf[(wait_edges-1)*C + n];
            end
        end
    end
endmodule
